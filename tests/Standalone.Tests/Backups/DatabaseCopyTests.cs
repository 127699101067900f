using System.Text;
using Microsoft.Data.Sqlite;
using PortalServices.Standalone.Backups;
using PortalServices.Testing;

namespace PortalServices.Standalone.Tests.Backups;

/// <summary>A copy of a database is of one moment, and holds nothing that was deleted before it.</summary>
public sealed class DatabaseCopyTests
{
    private const string Erased = "erased text of somebody",
        Later = "written later";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_deleted_is_not_in_a_copy_nor_what_came_later()
    {
        using var folder = new TemporaryDirectory();
        var connection = $"Data Source={folder.File("source.db")};Pooling=false";
        await using var source = new SqliteConnection(connection);
        await source.OpenAsync(Cancel);
        Run(
            "PRAGMA journal_mode = WAL; PRAGMA secure_delete = OFF; CREATE TABLE T (Id INTEGER PRIMARY KEY, Text TEXT)"
        );
        Run(
            $"""
            WITH RECURSIVE Some(N) AS (SELECT 1 UNION ALL SELECT N + 1 FROM Some WHERE N < 500)
            INSERT INTO T (Text) SELECT '{Erased} ' || N FROM Some
            """
        );
        Run("DELETE FROM T; INSERT INTO T (Text) VALUES ('kept'); PRAGMA wal_checkpoint(TRUNCATE)");
        Assert.True(Has(folder.File("source.db"), Erased), "the test shows nothing");

        await using var copy = await DatabaseCopy.OpenAsync(connection, Cancel);
        Assert.True(copy.TryHoldWrites());
        await using (var other = await DatabaseCopy.OpenAsync(connection, Cancel))
        {
            Assert.False(other.TryHoldWrites());
        }
        copy.BeginReading();
        copy.ReleaseWrites();
        Run($"INSERT INTO T (Text) VALUES ('{Later}')");
        copy.Write(folder.File("copy.db"));

        Assert.False(Has(folder.File("copy.db"), Erased));
        Assert.False(Has(folder.File("copy.db"), Later));
        Assert.True(Has(folder.File("copy.db"), "kept"));
        Assert.Equal(
            ["copy.db", "source.db", "source.db-shm", "source.db-wal"],
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );

        void Run(string text)
        {
            using var command = source.CreateCommand();
            command.CommandText = text;
            command.ExecuteNonQuery();
        }
    }

    private static bool Has(string file, string text)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    }
}
