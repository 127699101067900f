using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PortalServices.Content.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    internal partial class ArticleRatings : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "ArticleRaters",
                columns: table => new
                {
                    Site = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    Day = table.Column<int>(type: "INTEGER", nullable: false),
                    Visitor = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    Helpful = table.Column<bool>(type: "INTEGER", nullable: false),
                    WordsId = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ArticleRaters", x => new { x.Site, x.Day, x.Visitor });
                });

            migrationBuilder.CreateTable(
                name: "ArticleRatings",
                columns: table => new
                {
                    ArticleId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Site = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    Helpful = table.Column<long>(type: "INTEGER", nullable: false),
                    NotHelpful = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ArticleRatings", x => x.ArticleId);
                    table.ForeignKey(
                        name: "FK_ArticleRatings_Articles_ArticleId",
                        column: x => x.ArticleId,
                        principalTable: "Articles",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "RatingDays",
                columns: table => new
                {
                    Site = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    Day = table.Column<int>(type: "INTEGER", nullable: false),
                    Key = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Raters = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RatingDays", x => new { x.Site, x.Day });
                });

            migrationBuilder.CreateTable(
                name: "RatingWords",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    ArticleId = table.Column<Guid>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Helpful = table.Column<bool>(type: "INTEGER", nullable: false),
                    Text = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RatingWords", x => x.Id);
                    table.ForeignKey(
                        name: "FK_RatingWords_Articles_ArticleId",
                        column: x => x.ArticleId,
                        principalTable: "Articles",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_ArticleRatings_Site_NotHelpful_ArticleId",
                table: "ArticleRatings",
                columns: new[] { "Site", "NotHelpful", "ArticleId" },
                descending: new[] { false, true, false });

            migrationBuilder.CreateIndex(
                name: "IX_RatingWords_ArticleId_At_Id",
                table: "RatingWords",
                columns: new[] { "ArticleId", "At", "Id" },
                descending: new[] { false, true, false });

            migrationBuilder.CreateIndex(
                name: "IX_RatingWords_At",
                table: "RatingWords",
                column: "At");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ArticleRaters");

            migrationBuilder.DropTable(
                name: "ArticleRatings");

            migrationBuilder.DropTable(
                name: "RatingDays");

            migrationBuilder.DropTable(
                name: "RatingWords");
        }
    }
}
