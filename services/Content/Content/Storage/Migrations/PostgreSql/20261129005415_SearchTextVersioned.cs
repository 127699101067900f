using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PortalServices.Content.Storage.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class SearchTextVersioned : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Plain",
                table: "SearchDocuments",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<int>(
                name: "TextVersion",
                table: "SearchDocuments",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateIndex(
                name: "IX_SearchDocuments_TextVersion_Id",
                table: "SearchDocuments",
                columns: new[] { "TextVersion", "Id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_SearchDocuments_TextVersion_Id",
                table: "SearchDocuments");

            migrationBuilder.DropColumn(
                name: "Plain",
                table: "SearchDocuments");

            migrationBuilder.DropColumn(
                name: "TextVersion",
                table: "SearchDocuments");
        }
    }
}
