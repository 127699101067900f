using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PortalServices.Feedback.Storage.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class CountedCaptchas : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Address",
                table: "UsedCaptchas",
                type: "character varying(32)",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Site",
                table: "UsedCaptchas",
                type: "character varying(32)",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Turn",
                table: "UsedCaptchas",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "UsedAt",
                table: "UsedCaptchas",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "CaptchaKeys",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    Value = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_CaptchaKeys", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_UsedCaptchas_Address_Turn",
                table: "UsedCaptchas",
                columns: new[] { "Address", "Turn" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_UsedCaptchas_Address_UsedAt",
                table: "UsedCaptchas",
                columns: new[] { "Address", "UsedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_UsedCaptchas_Site_UsedAt",
                table: "UsedCaptchas",
                columns: new[] { "Site", "UsedAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "CaptchaKeys");

            migrationBuilder.DropIndex(
                name: "IX_UsedCaptchas_Address_Turn",
                table: "UsedCaptchas");

            migrationBuilder.DropIndex(
                name: "IX_UsedCaptchas_Address_UsedAt",
                table: "UsedCaptchas");

            migrationBuilder.DropIndex(
                name: "IX_UsedCaptchas_Site_UsedAt",
                table: "UsedCaptchas");

            migrationBuilder.DropColumn(
                name: "Address",
                table: "UsedCaptchas");

            migrationBuilder.DropColumn(
                name: "Site",
                table: "UsedCaptchas");

            migrationBuilder.DropColumn(
                name: "Turn",
                table: "UsedCaptchas");

            migrationBuilder.DropColumn(
                name: "UsedAt",
                table: "UsedCaptchas");
        }
    }
}
