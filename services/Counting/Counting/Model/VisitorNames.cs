namespace PortalServices.Counting.Model;

/// <summary>How one visitor is called, 16 bytes each, in the sets that it is counted in.</summary>
/// <param name="Week">In those of the day and the week.</param>
/// <param name="Online">In that of the minute.</param>
/// <param name="OnlineBefore">In that of the minute for readers whose window began before the key changed; null when
/// there are none.</param>
internal readonly record struct VisitorNames(UInt128 Week, UInt128 Online, UInt128? OnlineBefore);
