using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace PortalServices.Database.Tests.Fixtures;

/// <summary>Makes the tables. Each migration leaves a row, so that one which ran twice is seen.</summary>
public abstract class MakeTables : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable("Applied", table => new { Migration = table.Column<string>() });
        migrationBuilder.CreateTable(
            "Things",
            table => new { Name = table.Column<string>() },
            constraints: table => table.PrimaryKey("PK_Things", thing => thing.Name)
        );
        migrationBuilder.CreateTable(
            "Parts",
            table => new { Name = table.Column<string>(), Of = table.Column<string>() },
            constraints: table =>
            {
                table.PrimaryKey("PK_Parts", part => part.Name);
                table.ForeignKey("FK_Parts_Things", part => part.Of, "Things", "Name");
            }
        );
        migrationBuilder.Sql("""INSERT INTO "Applied" VALUES ('first')""");
    }
}

/// <summary>A later version of the tables.</summary>
public abstract class MakeMore : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("""INSERT INTO "Applied" VALUES ('second')""");
}

[DbContext(typeof(SqliteThings)), Migration("1_MakeTables")]
public sealed class MakeTablesOfSqlite : MakeTables;

[DbContext(typeof(SqliteThings)), Migration("2_MakeMore")]
public sealed class MakeMoreOfSqlite : MakeMore;

[DbContext(typeof(PostgreSqlThings)), Migration("1_MakeTables")]
public sealed class MakeTablesOfPostgreSql : MakeTables;

[DbContext(typeof(PostgreSqlThings)), Migration("2_MakeMore")]
public sealed class MakeMoreOfPostgreSql : MakeMore;
