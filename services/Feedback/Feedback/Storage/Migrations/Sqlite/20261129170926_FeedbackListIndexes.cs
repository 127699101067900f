using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PortalServices.Feedback.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    internal partial class FeedbackListIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_FeedbackSteps_FeedbackId_Id",
                table: "FeedbackSteps");

            migrationBuilder.DropIndex(
                name: "IX_FeedbackSteps_Site_Id",
                table: "FeedbackSteps");

            migrationBuilder.DropIndex(
                name: "IX_Feedback_Site_Status_PublishedAt",
                table: "Feedback");

            migrationBuilder.DropIndex(
                name: "IX_Feedback_Site_Urgency_ReceivedAt",
                table: "Feedback");

            migrationBuilder.AddColumn<string>(
                name: "WordHashes",
                table: "Feedback",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_FeedbackSteps_FeedbackId_At_Id",
                table: "FeedbackSteps",
                columns: new[] { "FeedbackId", "At", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_FeedbackSteps_Site_At_Id",
                table: "FeedbackSteps",
                columns: new[] { "Site", "At", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Feedback_Site_AssignedTo_Status_ReceivedAt_Id_Urgency",
                table: "Feedback",
                columns: new[] { "Site", "AssignedTo", "Status", "ReceivedAt", "Id", "Urgency" },
                filter: "\"AssignedTo\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Feedback_Site_AssignedTo_Status_Urgency_ReceivedAt_Id",
                table: "Feedback",
                columns: new[] { "Site", "AssignedTo", "Status", "Urgency", "ReceivedAt", "Id" },
                descending: new[] { false, false, false, false, true, true },
                filter: "\"AssignedTo\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Feedback_Site_ReceivedAt_Id",
                table: "Feedback",
                columns: new[] { "Site", "ReceivedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Feedback_Site_Status_PublishedAt_Id",
                table: "Feedback",
                columns: new[] { "Site", "Status", "PublishedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Feedback_Site_Status_ReceivedAt_Id_Urgency",
                table: "Feedback",
                columns: new[] { "Site", "Status", "ReceivedAt", "Id", "Urgency" });

            migrationBuilder.CreateIndex(
                name: "IX_Feedback_Site_Status_Urgency_ReceivedAt_Id",
                table: "Feedback",
                columns: new[] { "Site", "Status", "Urgency", "ReceivedAt", "Id" },
                descending: new[] { false, false, false, true, true });

            migrationBuilder.CreateIndex(
                name: "IX_Feedback_Site_Urgency_ReceivedAt_Id",
                table: "Feedback",
                columns: new[] { "Site", "Urgency", "ReceivedAt", "Id" },
                descending: new[] { false, false, true, true });

            migrationBuilder.CreateIndex(
                name: "IX_Feedback_WithoutWordHashes",
                table: "Feedback",
                column: "Site",
                filter: "\"WordHashes\" IS NULL");

            migrationBuilder.Sql(WordIndex.Up);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(WordIndex.Down);

            migrationBuilder.DropIndex(
                name: "IX_FeedbackSteps_FeedbackId_At_Id",
                table: "FeedbackSteps");

            migrationBuilder.DropIndex(
                name: "IX_FeedbackSteps_Site_At_Id",
                table: "FeedbackSteps");

            migrationBuilder.DropIndex(
                name: "IX_Feedback_Site_AssignedTo_Status_ReceivedAt_Id_Urgency",
                table: "Feedback");

            migrationBuilder.DropIndex(
                name: "IX_Feedback_Site_AssignedTo_Status_Urgency_ReceivedAt_Id",
                table: "Feedback");

            migrationBuilder.DropIndex(
                name: "IX_Feedback_Site_ReceivedAt_Id",
                table: "Feedback");

            migrationBuilder.DropIndex(
                name: "IX_Feedback_Site_Status_PublishedAt_Id",
                table: "Feedback");

            migrationBuilder.DropIndex(
                name: "IX_Feedback_Site_Status_ReceivedAt_Id_Urgency",
                table: "Feedback");

            migrationBuilder.DropIndex(
                name: "IX_Feedback_Site_Status_Urgency_ReceivedAt_Id",
                table: "Feedback");

            migrationBuilder.DropIndex(
                name: "IX_Feedback_Site_Urgency_ReceivedAt_Id",
                table: "Feedback");

            migrationBuilder.DropIndex(
                name: "IX_Feedback_WithoutWordHashes",
                table: "Feedback");

            migrationBuilder.DropColumn(
                name: "WordHashes",
                table: "Feedback");

            migrationBuilder.CreateIndex(
                name: "IX_FeedbackSteps_FeedbackId_Id",
                table: "FeedbackSteps",
                columns: new[] { "FeedbackId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_FeedbackSteps_Site_Id",
                table: "FeedbackSteps",
                columns: new[] { "Site", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Feedback_Site_Status_PublishedAt",
                table: "Feedback",
                columns: new[] { "Site", "Status", "PublishedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Feedback_Site_Urgency_ReceivedAt",
                table: "Feedback",
                columns: new[] { "Site", "Urgency", "ReceivedAt" });
        }
    }
}
