namespace PortalServices.Counting.Store;

/// <summary>Whether the last command of one site failed, and none has succeeded since.</summary>
internal sealed class StoreAvailability
{
    private volatile bool _isAway;

    public bool IsAway => _isAway;

    public void Failed() => _isAway = true;

    public void Succeeded() => _isAway = false;
}
