using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PortalServices.Feedback.Storage.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class MailTraces : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "TraceParent",
                table: "Mails",
                type: "character varying(100)",
                maxLength: 100,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "TraceParent",
                table: "Mails");
        }
    }
}
