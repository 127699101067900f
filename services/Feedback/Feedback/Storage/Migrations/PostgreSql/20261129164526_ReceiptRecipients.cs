using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PortalServices.Feedback.Storage.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class ReceiptRecipients : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Recipient",
                table: "Feedback",
                type: "character varying(254)",
                maxLength: 254,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Feedback_Recipient_ReceivedAt",
                table: "Feedback",
                columns: new[] { "Recipient", "ReceivedAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Feedback_Recipient_ReceivedAt",
                table: "Feedback");

            migrationBuilder.DropColumn(
                name: "Recipient",
                table: "Feedback");
        }
    }
}
