using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using PortalServices.ServiceDefaults;
namespace PortalServices.Counting.Visitors;
internal enum OptOutEffect { CountWithVisitor, CountViewOnly, Drop }
internal static class OptOut { public static OptOutEffect Of(IHeaderDictionary h, Site s) => OptOutEffect.CountWithVisitor; }
internal sealed class VisitorKey(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> weekKey) { byte[] _k = HMACSHA256.HashData(secret, weekKey);
 public UInt128 Member(string site, IPAddress a, string ua) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(HMACSHA256.HashData(_k, Encoding.UTF8.GetBytes(site+"|"+a+"|"+ua))); }
internal sealed class ViewIdFingerprint(ReadOnlySpan<byte> secret) { byte[] _k = secret.ToArray();
 public ulong Of(string site, string id) => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(HMACSHA256.HashData(_k, Encoding.UTF8.GetBytes(site+"|"+id))) | 1; }
