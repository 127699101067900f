using CsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace PortalServices.ServiceDefaults.Tests.Packs;

public sealed class PackFormatTests
{
    static readonly string[] Names = ["Accept", "X-Own", "Content-Type", "Sec-GPC"];
    static readonly Gen<string> Method = Gen.Bool.Select(posts => posts ? "POST" : "GET");

    static readonly Gen<IHeaderDictionary> Headers = Gen.String.Array[0, Names.Length].Select(values =>
        (IHeaderDictionary)new HeaderDictionary(values.Zip(Names).ToDictionary(header => header.Second, header => new StringValues(header.First))));

    static readonly Gen<PackedRequest[]> Requests = Gen.Select(
        Method, Gen.String.Select(path => "/" + path), Gen.String.Select(query => query.Length == 0 ? "" : "?" + query), Headers,
        Gen.Byte.Array.Select(body => new ReadOnlyMemory<byte>(body)),
        (method, path, query, headers, body) => new PackedRequest(method, path, query, headers, body)).Array[0, 5];

    [Fact]
    public void A_pack_is_read_as_it_was_written() => Requests.Sample(requests => Told(PackFormat.ReadRequests(Pack(requests))) == Told(requests), iter: 2_000);

    [Fact]
    public void So_is_its_reply() => Gen.Select(Gen.Int[200, 599], Headers, Gen.Byte.Array, (status, headers, body) => new PackedReply(status, headers, body))
        .Array[0, 5].Sample(replies =>
        {
            var read = PackFormat.ReadReplies(PackFormat.Write(replies));
            return read.Zip(replies).All(pair => pair.First.Status == pair.Second.Status && Told(pair.First.Headers) == Told(pair.Second.Headers)
                && pair.First.Body.Span.SequenceEqual(pair.Second.Body.Span)) && read.Length == replies.Length;
        }, iter: 2_000);

    [Fact]
    public void A_header_of_the_connection_stays_behind_and_one_with_several_values_keeps_them()
    {
        var headers = new HeaderDictionary
        {
            ["Connection"] = "X-Own",
            ["host"] = "x",
            ["Transfer-Encoding"] = "chunked",
            ["Content-Length"] = "5",
            ["Expect"] = "100-continue",
            [":path"] = "/",
            ["X-Own"] = new(["a, b", "c"]),
        };
        var read = Assert.Single(PackFormat.ReadRequests(Pack([new PackedRequest("POST", "/", "", headers, default)])));
        Assert.Equal(["X-Own"], read.Headers.Keys);
        Assert.Equal(["a, b", "c"], read.Headers["X-Own"].ToArray());
    }

    [Fact]
    public void Every_cut_and_every_addition_is_refused()
    {
        var pack = Pack([Request("/a", "one"), Request("/b", "two")]);
        for (var length = 0; length < pack.Length; length++)
            Assert.Throws<InvalidDataException>(() => PackFormat.ReadRequests(pack[..length]));
        Assert.Throws<InvalidDataException>(() => PackFormat.ReadRequests((byte[])[.. pack.Span, 0]));
        Assert.Equal(2, PackFormat.ReadRequests(pack).Length);
    }

    [Fact]
    public void Changed_bytes_give_another_pack_or_none_and_no_other_error() =>
        Gen.Select(Gen.Int[0, 200], Gen.Byte).Array[1, 3].Sample(changes =>
        {
            var pack = Pack([Request("/a", "one"), Request("/b", "two")]).ToArray();
            foreach (var (at, value) in changes)
                pack[at % pack.Length] = value;
            try
            {
                PackFormat.ReadRequests(pack);
            }
            catch (InvalidDataException)
            {
                // As it should be.
            }
        }, iter: 20_000);

    [Theory]
    [InlineData(2, 0)]
    [InlineData(1, -1)]
    [InlineData(1, PackFormat.MostRequests + 1)]
    public void Another_version_and_an_impossible_number_of_requests_are_refused(int version, int count)
    {
        var pack = new PackWriter(8);
        pack.Number(version);
        pack.Number(count);
        Assert.Throws<InvalidDataException>(() => PackFormat.ReadRequests(pack.Written));
    }

    [Theory]
    [InlineData("", "/", "")]
    [InlineData("POST", "", "")]
    [InlineData("POST", "a", "")]
    [InlineData("POST", "/", "a=b")]
    public void A_request_that_no_server_would_hand_on_is_refused(string method, string path, string query) =>
        Assert.Throws<InvalidDataException>(() => PackFormat.ReadRequests(Pack([new PackedRequest(method, path, query, new HeaderDictionary(), default)])));

    static PackedRequest Request(string path, string body) =>
        new("POST", path, "?x=y", new HeaderDictionary { ["Content-Type"] = "text/plain" }, System.Text.Encoding.UTF8.GetBytes(body));

    static ReadOnlyMemory<byte> Pack(IEnumerable<PackedRequest> requests) => PackFormat.Pack([.. requests.Select(PackFormat.Write)]);

    // Texts that are not UTF-16 come out with replacement characters, as they do of any UTF-8 writer.
    static string Told(IEnumerable<PackedRequest> requests) => string.Join('\n', requests.Select(request =>
        $"{Utf8(request.Method)} {Utf8(request.Path)} {Utf8(request.Query)} {Told(request.Headers)} {Convert.ToHexString(request.Body.Span)}"));

    static string Told(IHeaderDictionary headers) =>
        string.Join(';', headers.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}={Utf8(h.Value.ToString())}"));

    static string Utf8(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
