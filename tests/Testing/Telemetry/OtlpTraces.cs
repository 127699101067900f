using System.Text;

namespace PortalServices.Testing.Telemetry;

/// <summary>
/// Reads the parts of an <c>ExportTraceServiceRequest</c> that tests look at. Field numbers are those of
/// opentelemetry/proto/trace/v1/trace.proto.
/// </summary>
internal static class OtlpTraces
{
    public static IEnumerable<ReceivedSpan> Read(byte[] request)
    {
        foreach (var ofResource in Fields(request).Where(field => field.Number == 1))
        {
            var parts = Fields(ofResource.Bytes).ToList();
            var service = parts.Where(part => part.Number == 1).Select(ServiceOf).FirstOrDefault() ?? "";
            foreach (var ofScope in parts.Where(part => part.Number == 2))
            {
                var inScope = Fields(ofScope.Bytes).ToList();
                var source = inScope
                    .Where(part => part.Number == 1)
                    .Select(scope => Text(scope.Bytes, 1))
                    .FirstOrDefault();
                foreach (var span in inScope.Where(part => part.Number == 2))
                {
                    yield return SpanOf(span.Bytes, service, source ?? "");
                }
            }
        }
    }

    private static ReceivedSpan SpanOf(ReadOnlyMemory<byte> span, string service, string source) =>
        new(
            service,
            source,
            Text(span, 5),
            Hex(span, 1),
            Hex(span, 2),
            Hex(span, 4),
            [
                .. Fields(span)
                    .Where(field => field.Number == 13)
                    .Select(link => (Hex(link.Bytes, 1), Hex(link.Bytes, 2))),
            ]
        );

    private static string? ServiceOf(Field resource) =>
        Fields(resource.Bytes)
            .Where(field => field.Number == 1 && Text(field.Bytes, 1) == "service.name")
            .Select(attribute => Fields(attribute.Bytes).First(field => field.Number == 2))
            .Select(value => Text(value.Bytes, 1))
            .FirstOrDefault();

    private static ReadOnlyMemory<byte> Bytes(ReadOnlyMemory<byte> message, int number) =>
        Fields(message).FirstOrDefault(field => field.Number == number).Bytes;

    private static string Text(ReadOnlyMemory<byte> message, int number) =>
        Encoding.UTF8.GetString(Bytes(message, number).Span);

    private static string Hex(ReadOnlyMemory<byte> message, int number) =>
        Convert.ToHexStringLower(Bytes(message, number).Span);

    // https://protobuf.dev/programming-guides/encoding/
    private static List<Field> Fields(ReadOnlyMemory<byte> message)
    {
        List<Field> fields = [];
        for (var at = 0; at < message.Length; )
        {
            var tag = Number(message.Span, ref at);
            var length = (tag & 7) switch
            {
                0 => LengthOfNumber(message.Span, at),
                1 => sizeof(ulong),
                2 => (int)Number(message.Span, ref at),
                5 => sizeof(uint),
                var kind => throw new InvalidDataException($"A field of kind {kind}."),
            };
            fields.Add(new Field((int)(tag >> 3), message.Slice(at, length)));
            at += length;
        }
        return fields;
    }

    private static int LengthOfNumber(ReadOnlySpan<byte> message, int at)
    {
        var end = at;
        Number(message, ref end);
        return end - at;
    }

    private static ulong Number(ReadOnlySpan<byte> message, ref int at)
    {
        var number = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            number |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }
    }

    private readonly record struct Field(int Number, ReadOnlyMemory<byte> Bytes);
}
