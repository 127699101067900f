using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PortalServices.Content.Storage.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class ArticlesKept : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Articles_Site_State_PublishedAt",
                table: "Articles");

            migrationBuilder.AddColumn<bool>(
                name: "WasPublic",
                table: "Slugs",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "ListedAt",
                table: "Articles",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "ArticleVersions",
                columns: table => new
                {
                    ArticleId = table.Column<Guid>(type: "uuid", nullable: false),
                    Version = table.Column<long>(type: "bigint", nullable: false),
                    Change = table.Column<int>(type: "integer", nullable: false),
                    ChangedAt = table.Column<long>(type: "bigint", nullable: false),
                    ChangedBy = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    State = table.Column<int>(type: "integer", nullable: false),
                    Slug = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    Title = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    Summary = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    Author = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Category = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: true),
                    CoverImage = table.Column<string>(type: "character varying(2048)", maxLength: 2048, nullable: true),
                    CoverAlt = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: true),
                    Format = table.Column<int>(type: "integer", nullable: false),
                    Body = table.Column<string>(type: "text", nullable: false),
                    PublishedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ArticleVersions", x => new { x.ArticleId, x.Version });
                    table.ForeignKey(
                        name: "FK_ArticleVersions_Articles_ArticleId",
                        column: x => x.ArticleId,
                        principalTable: "Articles",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ArticleViews",
                columns: table => new
                {
                    ArticleId = table.Column<Guid>(type: "uuid", nullable: false),
                    Site = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Views = table.Column<long>(type: "bigint", nullable: false),
                    ListedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ArticleViews", x => x.ArticleId);
                    table.ForeignKey(
                        name: "FK_ArticleViews_Articles_ArticleId",
                        column: x => x.ArticleId,
                        principalTable: "Articles",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "RetiredSlugs",
                columns: table => new
                {
                    Site = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Slug = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    ArticleId = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RetiredSlugs", x => new { x.Site, x.Slug });
                });

            migrationBuilder.CreateTable(
                name: "SiteRevisions",
                columns: table => new
                {
                    Site = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Tag = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    ChangedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SiteRevisions", x => x.Site);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Articles_Site_Category_State_ListedAt_Id",
                table: "Articles",
                columns: new[] { "Site", "Category", "State", "ListedAt", "Id" },
                descending: new[] { false, false, false, true, false });

            migrationBuilder.CreateIndex(
                name: "IX_Articles_Site_ChangedAt_Id",
                table: "Articles",
                columns: new[] { "Site", "ChangedAt", "Id" },
                descending: new[] { false, true, false });

            migrationBuilder.CreateIndex(
                name: "IX_Articles_Site_ListedAt_Id",
                table: "Articles",
                columns: new[] { "Site", "ListedAt", "Id" },
                descending: new[] { false, true, false });

            migrationBuilder.CreateIndex(
                name: "IX_Articles_Site_State_ListedAt_Id",
                table: "Articles",
                columns: new[] { "Site", "State", "ListedAt", "Id" },
                descending: new[] { false, false, true, false });

            migrationBuilder.CreateIndex(
                name: "IX_ArticleViews_Site_Views_ListedAt_ArticleId",
                table: "ArticleViews",
                columns: new[] { "Site", "Views", "ListedAt", "ArticleId" },
                descending: new[] { false, true, true, false });

            migrationBuilder.Sql(ArticleHistory.Up("TRUE"));
            migrationBuilder.Sql(SiteRevisionTriggers.Up);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(SiteRevisionTriggers.Down);

            migrationBuilder.DropTable(
                name: "ArticleVersions");

            migrationBuilder.DropTable(
                name: "ArticleViews");

            migrationBuilder.DropTable(
                name: "RetiredSlugs");

            migrationBuilder.DropTable(
                name: "SiteRevisions");

            migrationBuilder.DropIndex(
                name: "IX_Articles_Site_Category_State_ListedAt_Id",
                table: "Articles");

            migrationBuilder.DropIndex(
                name: "IX_Articles_Site_ChangedAt_Id",
                table: "Articles");

            migrationBuilder.DropIndex(
                name: "IX_Articles_Site_ListedAt_Id",
                table: "Articles");

            migrationBuilder.DropIndex(
                name: "IX_Articles_Site_State_ListedAt_Id",
                table: "Articles");

            migrationBuilder.DropColumn(
                name: "WasPublic",
                table: "Slugs");

            migrationBuilder.DropColumn(
                name: "ListedAt",
                table: "Articles");

            migrationBuilder.CreateIndex(
                name: "IX_Articles_Site_State_PublishedAt",
                table: "Articles",
                columns: new[] { "Site", "State", "PublishedAt" });
        }
    }
}
