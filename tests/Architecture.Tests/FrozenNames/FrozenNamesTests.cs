using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Architecture.Tests.Metrics;
using PortalServices.Content.Storage;
using PortalServices.Contracts;
using PortalServices.Counting.Bots;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Feedback.Storage;
using PortalServices.Messaging.DeadLetters;
using PortalServices.Messaging.Retired;
using PortalServices.Testing;

namespace PortalServices.Architecture.Tests.FrozenNames;

/// <summary>
/// Names that outlive a version, because other programs hold them: a broker its queues, a database its tables, a
/// monitoring system its metrics. None follows a class that is renamed; a change of frozen-names.txt needs a way over
/// for what is stored. With <c>APPROVE_TEXTS=1</c> in the environment the file is written anew.
/// </summary>
public sealed class FrozenNamesTests
{
    private static readonly string File = Path.Combine(
        Repository.Root,
        "tests/Architecture.Tests/FrozenNames/frozen-names.txt"
    );

    [Fact]
    public void Names_that_outlive_a_version_are_the_approved_ones()
    {
        var text = new StringBuilder(
            "# Names that outlive a version. CONTRIBUTING.md says what a change of one needs.\n"
        );
        using var product = WholeProduct.Build("--ConnectionStrings:rabbitmq=amqp://localhost");
        var services = product.Services;
        Section(text, "queues", Queues(services));
        Section(text, "events: URN, exchange, fields", Events());
        Section(text, "metrics: meter, instrument, kind, unit", Metrics());
        Section(text, "keys of the store", StoreKeys());
        Section(text, "values of the store", StoreValues());
        Section(text, "tables of content", Tables<ContentContext>(services));
        Section(text, "tables of feedback", Tables<FeedbackContext>(services));
        if (Environment.GetEnvironmentVariable("APPROVE_TEXTS") == "1")
        {
            System.IO.File.WriteAllText(File, text.ToString());
        }
        Assert.Equal(System.IO.File.Exists(File) ? System.IO.File.ReadAllText(File) : "", text.ToString());
    }

    private static void Section(StringBuilder text, string title, IEnumerable<string> names)
    {
        text.Append("\n## ").Append(title).Append('\n');
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            text.Append(name).Append('\n');
        }
    }

    private static IEnumerable<string> Queues(IServiceProvider services) =>
        services
            .GetServices<ConsumerQueue>()
            .Select(queue => queue.Name)
            .Except(services.GetServices<RetiredConsumer>().Select(retired => retired.Queue.Name))
            .Concat(services.GetServices<RetiredConsumer>().Select(retired => $"{retired.Queue.Name} retired"));

    private static IEnumerable<string> Events() =>
        typeof(ArticlePublished)
            .Assembly.GetTypes()
            .Where(type => type.IsDefined(typeof(MessageUrnAttribute)))
            .Select(type =>
                $"{string.Join(' ', MessageTypeCache.GetMessageTypeNames(type))} "
                + $"{type.GetCustomAttribute<EntityNameAttribute>()!.EntityName} {Fields(type)}"
            );

    private static string Fields(Type type) =>
        string.Join(
            ',',
            type.GetProperties()
                .Where(field => !field.IsDefined(typeof(JsonIgnoreAttribute)))
                .Select(field => JsonNamingPolicy.CamelCase.ConvertName(field.Name))
                .Order(StringComparer.Ordinal)
        );

    private static IEnumerable<string> Metrics() =>
        MetricsTests
            .Instruments()
            .Select(each =>
                $"{each.Instrument.Meter.Name} {each.Instrument.Name} {each.Kind} {each.Instrument.Unit ?? "-"}"
            );

    private static IEnumerable<string> StoreKeys()
    {
        string[] keys =
        [
            CountingKeys.Ledger("<site>")!,
            CountingKeys.WeekVisitors("<site>", 1)!,
            CountingKeys.DayVisitors("<site>", 1)!,
            CountingKeys.OnlineVisitors("<site>", 1)!,
            CountingKeys.OnlineVisitors("<site>", 1, 2)!,
            CountingKeys.OnlineScratch("<site>")!,
            CountingKeys.OnlineKey("<site>", 1)!,
            CountingKeys.VisitorKey("<site>", 1)!,
            CountingKeys.Housekeeping("<site>")!,
            CountingKeys.DeadLetters!,
        ];
        string[] fields =
        [
            CountingKeys.Calendars,
            CountingKeys.PageFields,
            .. CountingKeys.SweepHead,
            CountingKeys.Generations,
            CountingKeys.AuditEntries,
            CountingKeys.SecretCheck,
            CountingKeys.FirstSipHashGeneration,
            CountingKeys.LastKnowing,
            CountingKeys.DamageMark,
            CountingKeys.OpenLoss,
            CountingKeys.LossEntry,
            CountingKeys.RestoredFrom,
            CountingKeys.ReceiptField("<lane>")!,
            CountingKeys.ArticleField(Guid.Empty),
            CountingKeys.AuditField(1),
            .. Enum.GetValues<AdjustmentKind>().Select(kind => CountingKeys.AdjustmentField(kind, "<id>")),
            CountingKeys.BotField(1, "<reason>"),
            .. Enum.GetValues<TrafficStep>().Select(step => CountingKeys.CountedField(step, 1)),
            CountingKeys.CorrectedField(1),
            CountingKeys.DeadLetterField(Guid.Empty, "<consumer>")!,
        ];
        return keys.Select(key => $"key {key}").Concat(fields.Distinct().Select(field => $"field {field}"));
    }

    private static IEnumerable<string> StoreValues() =>
        [
            $"dead letter: {Fields(typeof(DeadLetter))}",
            .. "cde".Select(letter => $"letter of a view: {letter} {ViewFates.OfLetter(letter)}"),
            .. Enum.GetValues<BotReason>()
                .Where(reason => reason != BotReason.None)
                .Select(reason => $"reason of a bot: {(int)reason} {reason.StoredName()}"),
        ];

    /// <summary>Columns, and the numbers that stand for the values of an enum.</summary>
    private static IEnumerable<string> Tables<TContext>(IServiceProvider services)
        where TContext : DbContext
    {
        using var scope = services.CreateScope();
        var model = scope.ServiceProvider.GetRequiredService<TContext>().Model;
        foreach (var entity in model.GetEntityTypes())
        {
            foreach (var column in entity.GetProperties())
            {
                yield return $"{entity.GetTableName()}.{column.GetColumnName()}{Values(column)}";
            }
        }
    }

    private static string Values(IReadOnlyProperty column)
    {
        var type = Nullable.GetUnderlyingType(column.ClrType) ?? column.ClrType;
        return type.IsEnum
            ? " "
                + string.Join(
                    ", ",
                    Enum.GetValuesAsUnderlyingType(type)
                        .Cast<object>()
                        .Select(value =>
                            $"{Convert.ToString(value, CultureInfo.InvariantCulture)} = {Enum.GetName(type, value)}"
                        )
                )
            : "";
    }
}
