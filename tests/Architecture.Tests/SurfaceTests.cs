using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using PortalServices.Content;
using PortalServices.Counting;
using PortalServices.Database;
using PortalServices.DeadLetters;
using PortalServices.Feedback;
using PortalServices.Messaging;
using PortalServices.Testing;

namespace PortalServices.Architecture.Tests;

/// <summary>What a service shows to the rest of the product.</summary>
public sealed partial class SurfaceTests
{
    private static readonly Assembly Content = typeof(ContentSetup).Assembly,
        Counting = typeof(CountingSetup).Assembly,
        Feedback = typeof(FeedbackSetup).Assembly;
    private static readonly Assembly Database = typeof(DatabaseSetup).Assembly,
        DeadLetters = typeof(DeadLetterSetup).Assembly,
        Messaging = typeof(MessagingSetup).Assembly;

    [Fact]
    public void Counting_shows_its_module_its_options_and_its_known_pages() =>
        AssertShown(
            Counting,
            "CountingOptions",
            "CountingProblems",
            "CountingSetup",
            "CountingTelemetry",
            "KnownPages"
        );

    [Fact]
    public void Content_shows_its_module_its_options_and_its_problems() =>
        AssertShown(Content, "ContentOptions", "ContentProblems", "ContentSetup");

    [Fact]
    public void Feedback_shows_its_module_its_options_and_its_problems() =>
        AssertShown(
            Feedback,
            "CaptchaOptions",
            "CaptchaVerifierKind",
            "FeedbackOptions",
            "FeedbackProblems",
            "FeedbackSetup",
            "MailOptions",
            "MailSecurity",
            "OperatorMailbox"
        );

    [Fact]
    public void Messaging_shows_its_setup_its_tables_and_what_a_service_publishes_and_keeps_dead_letters_with() =>
        AssertShown(
            Messaging,
            "ClaimedRows",
            "DeadLetter",
            "EventAnnouncer",
            "IDeadLetters",
            "IRetiredConsumer`1",
            "MessageHeldException",
            "MessagingBuilder",
            "MessagingOptions",
            "MessagingProblems",
            "MessagingSetup",
            "MessagingTelemetry",
            "OutboxMessage",
            "OutboxModel",
            "OutboxState`1"
        );

    [Fact]
    public void The_dead_letters_show_their_routes_and_what_the_documents_say_of_them() =>
        AssertShown(DeadLetters, "DeadLetterOperations", "DeadLetterSetup");

    [Fact]
    public void The_database_shows_its_setup_its_start_and_its_failures() =>
        AssertShown(
            Database,
            "DatabaseErasure`1",
            "DatabaseFailure",
            "DatabaseKind",
            "DatabaseMigrator`1",
            "DatabaseSetup",
            "UniqueViolation"
        );

    [Fact]
    public void What_is_not_made_to_be_inherited_is_sealed()
    {
        Type[] types =
        [
            .. new[] { Content, Counting, Database, DeadLetters, Feedback, Messaging }.SelectMany(assembly =>
                assembly.GetTypes()
            ),
        ];
        HashSet<Type?> inherited = [.. types.Select(type => type.BaseType)];
        Assert.All(
            types.Where(type => type is { IsClass: true, IsNested: false } && IsWritten(type)),
            type => Assert.True(type.IsSealed || type.IsAbstract || inherited.Contains(type), type.FullName)
        );
    }

    [Fact]
    public void Only_hosts_the_edge_and_the_defaults_put_middleware_into_the_pipeline()
    {
        string[] allowed =
        [
            "gateway/Edge/",
            "services/Shared/ServiceDefaults/",
            "services/Shared/OperatorAccess/",
            "services/Standalone/Program.cs",
            "gateway/Gateway/",
            "gateway/Portal/PortalSetup.cs",
        ];
        Assert.All(
            SourcesOf("services").Concat(SourcesOf("gateway")),
            source =>
            {
                if (
                    !source.Path.EndsWith("Program.cs", StringComparison.Ordinal)
                    && !Array.Exists(allowed, part => source.Path.StartsWith(part, StringComparison.Ordinal))
                )
                {
                    Assert.False(Middleware().IsMatch(source.Text), source.Path);
                }
            }
        );
    }

    [Fact]
    public void Only_one_file_of_counting_spells_a_key() =>
        Assert.All(
            SourcesOf("services/Counting"),
            source =>
            {
                if (!source.Path.EndsWith("CountingKeys.cs", StringComparison.Ordinal))
                {
                    Assert.DoesNotContain("}:ledger", source.Text, StringComparison.Ordinal);
                    Assert.DoesNotContain("}:visitor", source.Text, StringComparison.Ordinal);
                }
            }
        );

    /// <summary>
    /// What is repeated is repeated by the one that outlives every fault; what is done once, at the start, stops a
    /// start that cannot be right.
    /// </summary>
    [Fact]
    public void No_background_loop_is_written_by_hand()
    {
        string[] atStart =
        [
            "CountersAtZero.cs",
            "StoreStartupCheck.cs",
            "StoreLossStartupCheck.cs",
            "StartupSeeder.cs",
            "EmbeddedStore.cs",
        ];
        Assert.All(
            SourcesOf("services").Concat(SourcesOf("gateway")),
            source =>
            {
                if (!source.Path.EndsWith("/PeriodicRunner.cs", StringComparison.Ordinal))
                {
                    Assert.DoesNotMatch(@": BackgroundService\b|\bPeriodicTimer\b", source.Text);
                }
                if (!Array.Exists(atStart, name => source.Path.EndsWith("/" + name, StringComparison.Ordinal)))
                {
                    Assert.DoesNotMatch(@"class [^{;]*: (\w+, )*IHostedService\b", source.Text);
                }
            }
        );
    }

    [Fact]
    public void A_program_reads_in_one_breath() =>
        Assert.All(
            SourcesOf("services")
                .Concat(SourcesOf("gateway"))
                .Where(source => source.Path.EndsWith("/Program.cs", StringComparison.Ordinal)),
            source =>
                Assert.True(
                    source.Text.Split('\n').Count(line => !line.StartsWith("using ", StringComparison.Ordinal)) < 28,
                    source.Path
                )
        );

    private static void AssertShown(Assembly assembly, params string[] types) =>
        Assert.Equal(
            types,
            assembly.GetExportedTypes().Where(IsWritten).Select(type => type.Name).Order(StringComparer.Ordinal)
        );

    // Generators of code put theirs into namespaces of their own; so does the tool that writes migrations.
    private static bool IsWritten(Type type) =>
        type.Namespace?.Contains(".Migrations.", StringComparison.Ordinal) != true
        && type.GetCustomAttribute<CompilerGeneratedAttribute>() is null
        && type.Namespace?.StartsWith("PortalServices.", StringComparison.Ordinal) == true;

    [GeneratedRegex(@"\bapp\.Use[A-Z]")]
    private static partial Regex Middleware();

    private static IEnumerable<(string Path, string Text)> SourcesOf(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(file =>
                (Path: Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'), Text: File.ReadAllText(file))
            )
            .Where(source =>
                !source.Path.Contains("/obj/", StringComparison.Ordinal)
                && !source.Path.Contains("/bin/", StringComparison.Ordinal)
            );
}
