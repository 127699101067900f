using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PortalServices.Content.Storage.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class SiteViewsKept : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "SiteViews",
                columns: table => new
                {
                    Site = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    Views = table.Column<long>(type: "bigint", nullable: false),
                    Epoch = table.Column<long>(type: "bigint", nullable: false),
                    Commit = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SiteViews", x => x.Site);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "SiteViews");
        }
    }
}
