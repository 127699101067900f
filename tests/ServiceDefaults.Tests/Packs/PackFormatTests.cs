using CsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using PortalServices.ServiceDefaults.Packs;

namespace PortalServices.ServiceDefaults.Tests.Packs;

public sealed class PackFormatTests
{
    private static readonly string[] Names = ["Accept", "X-Own", "Content-Type", "Sec-GPC"];
    private static readonly Gen<string> Method = Gen.Bool.Select(posts => posts ? "POST" : "GET");

    private static readonly Gen<IHeaderDictionary> Headers = Gen
        .String.Array[0, Names.Length]
        .Select(values =>
            (IHeaderDictionary)
                new HeaderDictionary(
                    values.Zip(Names).ToDictionary(header => header.Second, header => new StringValues(header.First))
                )
        );

    private static readonly Gen<PackedRequest[]> Requests = Gen.Select(
        Method,
        Gen.String.Select(path => "/" + path),
        Gen.String.Select(query => query.Length == 0 ? "" : "?" + query),
        Headers,
        Gen.Byte.Array.Select(body => new ReadOnlyMemory<byte>(body)),
        (method, path, query, headers, body) => new PackedRequest(method, path, query, headers, body)
    ).Array[0, 5];

    [Fact]
    public void A_pack_is_read_as_it_was_written() =>
        Requests.Sample(
            requests =>
            {
                var read = PackFormat.ReadRequests(Pack(requests));
                return read.All(each => each.Headers.Remove(GatewayHeaders.Waited)) && Told(read) == Told(requests);
            },
            iter: 2_000
        );

    [Fact]
    public void So_is_its_reply() =>
        Gen.Select(
                Gen.Int[200, 599],
                Headers,
                Gen.Byte.Array,
                (status, headers, body) => new PackedReply(status, headers, body)
            )
            .Array[0, 5]
            .Sample(
                replies =>
                {
                    var read = PackFormat.ReadReplies(PackFormat.Write(replies));
                    return read.Zip(replies)
                            .All(pair =>
                                pair.First.Status == pair.Second.Status
                                && Told(pair.First.Headers) == Told(pair.Second.Headers)
                                && pair.First.Body.Span.SequenceEqual(pair.Second.Body.Span)
                            )
                        && read.Length == replies.Length;
                },
                iter: 2_000
            );

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
        Assert.Equal([GatewayHeaders.Waited, "X-Own"], read.Headers.Keys);
        Assert.Equal(["a, b", "c"], read.Headers["X-Own"].ToArray());
    }

    [Fact]
    public void Every_cut_and_every_addition_is_refused()
    {
        var pack = Pack([Request("/a", "one"), Request("/b", "two")]);
        for (var length = 0; length < pack.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => PackFormat.ReadRequests(pack[..length]));
        }
        Assert.Throws<InvalidDataException>(() => PackFormat.ReadRequests((byte[])[.. pack.Span, 0]));
        Assert.Equal(2, PackFormat.ReadRequests(pack).Length);
    }

    [Fact]
    public void Changed_bytes_give_another_pack_or_none_and_no_other_error() =>
        Gen.Select(Gen.Int[0, 200], Gen.Byte)
            .Array[1, 3]
            .Sample(
                changes =>
                {
                    var pack = Pack([Request("/a", "one"), Request("/b", "two")]).ToArray();
                    foreach (var (at, value) in changes)
                    {
                        pack[at % pack.Length] = value;
                    }
                    try
                    {
                        PackFormat.ReadRequests(pack);
                    }
                    catch (InvalidDataException)
                    {
                        // As it should be.
                    }
                },
                iter: 20_000
            );

    [Theory]
    [InlineData(2, 0)]
    [InlineData(1, -1)]
    [InlineData(1, PackFormat.MaxRequests + 1)]
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
        Assert.Throws<InvalidDataException>(() =>
            PackFormat.ReadRequests(Pack([new PackedRequest(method, path, query, new HeaderDictionary(), default)]))
        );

    [Fact]
    public void Any_bytes_are_a_pack_or_none_and_cost_no_more_than_their_size()
    {
        var anything = Gen
            .Byte.Array[0, 2_000]
            .Select(bytes => (byte[])[0, 0, 0, PackFormat.Version, 0, 0, 0, .. bytes]);
        var parts = Gen.OneOf(
            Gen.Int[0, 3].Select(length => (byte[])[0, 0, 0, (byte)length]),
            Gen.Int[0, 300].Select(length => (byte[])[0, 0, (byte)(length >> 8), (byte)length]),
            Gen.Const<byte[]>([0xFF, 0xFF, 0xFF, 0xFF]),
            Gen.Const<byte[]>([0x7F, 0xFF, 0xFF, 0xFF]),
            Gen.Const("/"u8.ToArray()),
            Gen.Const("\0\0\0\x01a"u8.ToArray()),
            Gen.Byte.Array[0, 20]
        );
        var likely = parts
            .Array[0, 300]
            .Select(all => (byte[])[0, 0, 0, PackFormat.Version, 0, 0, 0, 1, .. all.SelectMany(part => part)]);
        var cut = Gen.Select(
            Requests,
            Gen.Double.Unit,
            Gen.Int[0, 10_000],
            Gen.Byte,
            (requests, kept, at, value) =>
            {
                var pack = Pack(requests).ToArray();
                pack[at % pack.Length] = value;
                return pack[..(int)(pack.Length * kept)];
            }
        );
        Gen.OneOf(anything, likely, cut)
            .Sample(
                bytes =>
                {
                    AssertBounded(bytes);
                },
                iter: 20_000
            );
    }

    [Fact]
    public void The_largest_pack_of_the_smallest_parts_costs_no_more_than_its_size_either()
    {
        // Each of them refused: a pack holds so many headers of one name, or of many names; so many requests; says that
        // it holds more than there is.
        foreach (var header in (Func<int, string>[])[_ => "a", i => $"{i}", i => i % 2 == 0 ? "a" : "b"])
        {
            var pack = new PackWriter(PackFormat.MaxBytes);
            Head(pack, 1);
            for (var i = 0; pack.Written.Length < PackFormat.MaxBytes - 20; i++)
            {
                Header(pack, header(i));
            }
            pack.Text("");
            pack.Bytes([]);
            Assert.False(AssertBounded(pack.Written.ToArray()));
        }

        AssertBounded([0, 0, 0, PackFormat.Version, 0, 0, 1, 0]);
        // And those that are none too large.
        foreach (var header in (Func<int, string>[])[_ => "a", i => $"{i}", i => i % 2 == 0 ? "a" : "b"])
        {
            var pack = new PackWriter(PackFormat.MaxBytes);
            Head(pack, PackFormat.MaxRequests);
            for (var request = 0; request < PackFormat.MaxRequests; request++)
            {
                if (request > 0)
                {
                    RequestHead(pack);
                }
                for (var i = 0; i < PackFormat.MaxHeaders; i++)
                {
                    Header(pack, header(i));
                }
                pack.Text("");
                pack.Bytes([]);
            }

            Assert.True(AssertBounded(pack.Written.ToArray()));
        }
    }

    [Theory]
    // One more says how long it has waited.
    [InlineData(PackFormat.MaxHeaders - 1, 1, 0, true)]
    [InlineData(PackFormat.MaxHeaders, 1, 0, false)]
    [InlineData(4, 15_000, 0, true)]
    [InlineData(5, 15_000, 0, false)]
    [InlineData(1, 1, PackFormat.MaxBodyBytes, true)]
    [InlineData(1, 1, PackFormat.MaxBodyBytes + 1, false)]
    public void What_the_writer_takes_the_reader_takes_and_nothing_else(
        int headers,
        int bytesOfEach,
        int body,
        bool fits
    )
    {
        var all = new HeaderDictionary { ["X"] = new([.. Enumerable.Repeat(new string('v', bytesOfEach), headers)]) };
        var request = new PackedRequest("POST", "/a", "", all, new byte[body]);
        Assert.Equal(fits, PackFormat.TryWrite(request, out var written));
        if (fits)
        {
            Assert.Equal(
                headers,
                Assert.Single(PackFormat.ReadRequests(PackFormat.Pack([written]))).Headers["X"].Count
            );
        }
        else
        {
            Assert.Throws<InvalidDataException>(() => PackFormat.ReadRequests(PackFormat.Pack([written])));
        }
    }

    [Theory]
    [InlineData(null, 0.1, 1)]
    [InlineData("20", 0, 20)]
    [InlineData("20", 1_500.2, 1_521)]
    [InlineData("none", 7, 7)]
    public void How_long_a_request_has_waited_is_put_right_when_the_pack_is_made(
        string? before,
        double since,
        long waited
    )
    {
        var headers = new HeaderDictionary
        {
            ["A"] = "1",
            [GatewayHeaders.Waited] = before,
            ["B"] = "2",
        };
        var request = PackFormat.Write(new PackedRequest("POST", "/a", "?b", headers, "body"u8.ToArray()));
        var pack = PackFormat.Pack([request, request], [TimeSpan.FromMilliseconds(since), TimeSpan.Zero]);
        Assert.Equal(PackFormat.BytesBeforeRequests + (2 * request.Length), pack.Length);
        var read = PackFormat.ReadRequests(pack);
        Assert.Equal(waited, GatewayHeaders.WaitedMilliseconds(read[0].Headers));
        Assert.Equal(before is "20" ? 20 : 0, GatewayHeaders.WaitedMilliseconds(read[1].Headers));
        Assert.All(
            read,
            each =>
                Assert.Equal(
                    ("/a", "1", "2", "body"),
                    (
                        each.Path,
                        each.Headers["A"].ToString(),
                        each.Headers["B"].ToString(),
                        System.Text.Encoding.UTF8.GetString(each.Body.Span)
                    )
                )
        );
    }

    [Fact]
    public void Headers_of_one_name_keep_their_order_whatever_stands_between_them()
    {
        var pack = new PackWriter(100);
        Head(pack, 1);
        foreach (
            var (name, value) in (ReadOnlySpan<(string, string)>)
                [("A", "1"), ("b", "2"), ("a", "3"), ("B", ""), ("a", "5")]
        )
        {
            pack.Text(name);
            pack.Text(value);
        }

        pack.Text("");
        pack.Bytes([]);
        var headers = Assert.Single(PackFormat.ReadRequests(pack.Written)).Headers;
        Assert.Equal(["1", "3", "5"], headers["a"].ToArray());
        Assert.Equal(["2", ""], headers["b"].ToArray());
    }

    private static void Head(PackWriter pack, int requests)
    {
        pack.Number(PackFormat.Version);
        pack.Number(requests);
        RequestHead(pack);
    }

    private static void RequestHead(PackWriter pack)
    {
        pack.Text("P");
        pack.Text("/");
        pack.Text("");
    }

    private static void Header(PackWriter pack, string name)
    {
        pack.Text(name);
        pack.Text("");
    }

    /// <summary>
    /// Reads bytes; whether they are a pack. Throws for any other error than its own, and for more memory than so many
    /// times their size.
    /// </summary>
    private static bool AssertBounded(byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        bool isPack;
        try
        {
            PackFormat.ReadRequests(bytes);
            isPack = true;
        }
        catch (InvalidDataException)
        {
            isPack = false;
        }

        // What is refused costs its refusal; of what is taken, names and values become texts, two bytes for one, in a
        // dictionary.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_192 + (isPack ? 24 * bytes.Length : 0));
        return isPack;
    }

    private static PackedRequest Request(string path, string body) =>
        new(
            "POST",
            path,
            "?x=y",
            new HeaderDictionary { ["Content-Type"] = "text/plain" },
            System.Text.Encoding.UTF8.GetBytes(body)
        );

    private static ReadOnlyMemory<byte> Pack(IEnumerable<PackedRequest> requests) =>
        PackFormat.Pack([.. requests.Select(PackFormat.Write)]);

    // Texts that are not UTF-16 come out with replacement characters, as they do of any UTF-8 writer.
    private static string Told(IEnumerable<PackedRequest> requests) =>
        string.Join(
            '\n',
            requests.Select(request =>
                $"{Utf8(request.Method)} {Utf8(request.Path)} {Utf8(request.Query)} {Told(request.Headers)} {Convert.ToHexString(request.Body.Span)}"
            )
        );

    private static string Told(IHeaderDictionary headers) =>
        string.Join(
            ';',
            headers.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}={Utf8(h.Value.ToString())}")
        );

    private static string Utf8(string text) =>
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
