using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PortalServices.Feedback.Storage.Migrations.Sqlite
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
                type: "TEXT",
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
