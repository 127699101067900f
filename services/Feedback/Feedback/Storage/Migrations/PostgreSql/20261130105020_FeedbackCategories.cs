using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PortalServices.Feedback.Storage.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class FeedbackCategories : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Category",
                table: "Feedback",
                type: "character varying(32)",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "PublicWords",
                table: "Feedback",
                type: "text",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Feedback_Site_Category_Status_PublishedAt_Id",
                table: "Feedback",
                columns: new[] { "Site", "Category", "Status", "PublishedAt", "Id" },
                filter: "\"Category\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Feedback_Site_Category_Status_ReceivedAt_Id_Urgency",
                table: "Feedback",
                columns: new[] { "Site", "Category", "Status", "ReceivedAt", "Id", "Urgency" },
                filter: "\"Category\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Feedback_Site_Category_Status_Urgency_ReceivedAt_Id",
                table: "Feedback",
                columns: new[] { "Site", "Category", "Status", "Urgency", "ReceivedAt", "Id" },
                descending: new[] { false, false, false, false, true, true },
                filter: "\"Category\" IS NOT NULL");

            // The words of what was published are made in the background, with those that earlier versions have not made.
            migrationBuilder.Sql("""UPDATE "Feedback" SET "WordHashes" = NULL WHERE "PublicTitle" IS NOT NULL""");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Feedback_Site_Category_Status_PublishedAt_Id",
                table: "Feedback");

            migrationBuilder.DropIndex(
                name: "IX_Feedback_Site_Category_Status_ReceivedAt_Id_Urgency",
                table: "Feedback");

            migrationBuilder.DropIndex(
                name: "IX_Feedback_Site_Category_Status_Urgency_ReceivedAt_Id",
                table: "Feedback");

            migrationBuilder.DropColumn(
                name: "Category",
                table: "Feedback");

            migrationBuilder.DropColumn(
                name: "PublicWords",
                table: "Feedback");
        }
    }
}
