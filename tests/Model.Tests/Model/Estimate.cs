using System.Globalization;

namespace PortalServices.Model.Tests.Model;

/// <summary>
/// What a HyperLogLog may say of a number of distinct members. It has 16,384 registers; two members fall on the same
/// one once in so many pairs and then count as one, and no other error shows at a handful of members. With the six
/// visitors of a test there are 15 pairs, so that one may be missing (once in 1,100 HLLs), and two at the same time
/// never are. It never says too many.
/// </summary>
internal readonly record struct Estimate(long Least, long Most)
{
    /// <summary>The estimate of so many.</summary>
    public static Estimate Of(long members) => new(Math.Max(Math.Min(members, 1), members - 1), members);

    /// <summary>Both together, of HLLs that are counted one by one.</summary>
    public static Estimate operator +(Estimate one, Estimate other) =>
        new(one.Least + other.Least, one.Most + other.Most);

    /// <summary>No more than the views that are shown.</summary>
    public Estimate AtMost(long views) => new(Math.Clamp(Least, 0, views), Math.Clamp(Most, 0, views));

    /// <summary>Whether it may say this.</summary>
    public bool Holds(long value) => value >= Least && value <= Most;

    /// <inheritdoc />
    public override string ToString() =>
        Least == Most
            ? Most.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{Least} or {Most}");
}
