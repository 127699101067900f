namespace PortalServices.Feedback.Captcha.Work;

/// <summary>The key of <see cref="CaptchaSecret"/>, one for all replicas.</summary>
internal sealed class StoredCaptchaKey
{
    /// <summary>The only row.</summary>
    public const int TheOnly = 1;

    public required int Id { get; init; }

    /// <summary>Encrypted by ASP.NET Core Data Protection.</summary>
    public required string Value { get; set; }
}
