using System.Text;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace PortalServices.UpgradeFixtures;

/// <summary>
/// A queue with its arguments, as the version that made it declared it, and the messages that waited in it.
/// </summary>
public sealed record QueueContent(
    string Name,
    IReadOnlyDictionary<string, JsonElement> Arguments,
    IReadOnlyList<WaitingMessage> Messages
);

/// <summary>An exchange.</summary>
public sealed record BrokerExchange(string Name, string Type);

/// <summary>Where an exchange hands its messages on to.</summary>
public sealed record BrokerBinding(string From, string To, bool ToQueue, string RoutingKey);

/// <summary>A message as it lay in its queue.</summary>
public sealed record WaitingMessage(
    string? MessageId,
    string? ContentType,
    IReadOnlyDictionary<string, string> Headers,
    string Body
);

/// <summary>What a broker held: queues, where they get their messages from, and the messages.</summary>
public sealed record BrokerQueues(
    IReadOnlyList<QueueContent> Queues,
    IReadOnlyList<BrokerExchange> Exchanges,
    IReadOnlyList<BrokerBinding> Bindings
)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Reads the file in a folder.</summary>
    public static BrokerQueues Read(string folder) =>
        JsonSerializer.Deserialize<BrokerQueues>(File.ReadAllText(FileIn(folder)), Json)!;

    /// <summary>Writes the file into a folder.</summary>
    public void Write(string folder) => File.WriteAllText(FileIn(folder), JsonSerializer.Serialize(this, Json));

    /// <summary>Asks a broker of one's own for what outlives its clients.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="messages">The messages of the queues that have some.</param>
    public static async Task<BrokerQueues> ExportAsync(
        RabbitMqBroker broker,
        IReadOnlyDictionary<string, IReadOnlyList<WaitingMessage>> messages
    )
    {
        using var folder = new TemporaryDirectory();
        var file = folder.File("definitions.json");
        await ChildProcess.RunAsync(
            Programs.RabbitMq("rabbitmqctl"),
            ["--quiet", "export_definitions", file],
            broker.Environment,
            broker.Directory
        );
        using var all = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        return new BrokerQueues(
            [
                .. Lasting("queues")
                    .Select(queue => new QueueContent(
                        Text(queue, "name"),
                        queue.GetProperty("arguments").Deserialize<Dictionary<string, JsonElement>>()!,
                        messages.GetValueOrDefault(Text(queue, "name")) ?? []
                    )),
            ],
            [
                .. Lasting("exchanges")
                    .Where(exchange => !IsBuiltIn(Text(exchange, "name")))
                    .Select(exchange => new BrokerExchange(Text(exchange, "name"), Text(exchange, "type"))),
            ],
            [
                .. all
                    .RootElement.GetProperty("bindings")
                    .EnumerateArray()
                    .Where(binding =>
                        Text(binding, "source") is { Length: > 0 } source
                        && Names("exchanges").Contains(source)
                        && Names(Text(binding, "destination_type") == "queue" ? "queues" : "exchanges")
                            .Contains(Text(binding, "destination"))
                    )
                    .Select(binding => new BrokerBinding(
                        Text(binding, "source"),
                        Text(binding, "destination"),
                        Text(binding, "destination_type") == "queue",
                        Text(binding, "routing_key")
                    )),
            ]
        );

        IEnumerable<JsonElement> Lasting(string what) =>
            all
                .RootElement.GetProperty(what)
                .EnumerateArray()
                .Where(each =>
                    each.GetProperty("durable").GetBoolean() && !each.GetProperty("auto_delete").GetBoolean()
                );
        HashSet<string> Names(string what) => [.. Lasting(what).Select(each => Text(each, "name"))];
        static bool IsBuiltIn(string exchange) =>
            exchange.Length == 0 || exchange.StartsWith("amq.", StringComparison.Ordinal);
    }

    /// <summary>Takes all messages out of a queue.</summary>
    public static async Task<IReadOnlyList<WaitingMessage>> DrainAsync(Uri host, string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = host }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var messages = new List<WaitingMessage>();
        while (await channel.BasicGetAsync(queue, autoAck: true) is { } got)
        {
            var headers =
                got.BasicProperties.Headers?.Where(header => header.Value is byte[])
                    .ToDictionary(header => header.Key, header => Encoding.UTF8.GetString((byte[])header.Value!))
                ?? [];
            messages.Add(
                new WaitingMessage(
                    got.BasicProperties.MessageId,
                    got.BasicProperties.ContentType,
                    headers,
                    Encoding.UTF8.GetString(got.Body.Span)
                )
            );
        }

        return messages;
    }

    /// <summary>
    /// Declares everything on an empty virtual host as it was, and puts the messages into their queues.
    /// </summary>
    public async Task RestoreAsync(Uri host)
    {
        await using var connection = await new ConnectionFactory { Uri = host }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)
        );
        foreach (var queue in Queues)
        {
            await channel.QueueDeclareAsync(
                queue.Name,
                durable: true,
                exclusive: false,
                autoDelete: false,
                queue.Arguments.ToDictionary(each => each.Key, each => Value(each.Value))
            );
        }
        foreach (var exchange in Exchanges)
        {
            await channel.ExchangeDeclareAsync(exchange.Name, exchange.Type, durable: true);
        }
        foreach (var binding in Bindings)
        {
            if (binding.ToQueue)
            {
                await channel.QueueBindAsync(binding.To, binding.From, binding.RoutingKey);
            }
            else
            {
                await channel.ExchangeBindAsync(binding.To, binding.From, binding.RoutingKey);
            }
        }

        foreach (var queue in Queues)
        {
            foreach (var message in queue.Messages)
            {
                var properties = new BasicProperties
                {
                    MessageId = message.MessageId,
                    ContentType = message.ContentType,
                    Persistent = true,
                    Headers = message.Headers.ToDictionary(header => header.Key, header => (object?)header.Value),
                };
                await channel.BasicPublishAsync(
                    "",
                    queue.Name,
                    mandatory: true,
                    properties,
                    Encoding.UTF8.GetBytes(message.Body)
                );
            }
        }
    }

    /// <summary>How many messages each queue holds, of those that are there.</summary>
    public static async Task<IReadOnlyDictionary<string, uint>> CountAsync(Uri host, IEnumerable<string> queues)
    {
        await using var connection = await new ConnectionFactory { Uri = host }.CreateConnectionAsync();
        var counts = new Dictionary<string, uint>();
        foreach (var queue in queues)
        {
            // A queue that is not there ends the channel.
            await using var channel = await connection.CreateChannelAsync();
            try
            {
                counts[queue] = (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
            }
            catch (OperationInterruptedException none) when (none.ShutdownReason?.ReplyCode == 404)
            {
                continue;
            }
        }
        return counts;
    }

    private static string Text(JsonElement element, string field) => element.GetProperty(field).GetString()!;

    private static object? Value(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => value.GetInt64(),
            JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
            _ => value.GetString(),
        };

    private static string FileIn(string folder) => Path.Combine(folder, "queues.json");
}
