using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using PortalServices.Database;

namespace PortalServices.Feedback.Verify;

/// <summary>
/// The secret that the replicas share: made by the first that needs it, a row of the database, read once by each
/// process.
/// </summary>
internal sealed class CaptchaSecrets(IDataProtectionProvider protection, IServiceScopeFactory scopes)
{
    // The row is there at the second look, unless somebody takes it away again and again.
    private const int Looks = 4;

    private readonly IDataProtector _protector = protection.CreateProtector(
        "PortalServices.Feedback.Captcha.Work",
        "v1"
    );
    private volatile CaptchaSecret? _secret;

    /// <summary>
    /// Reads it, or makes it: in a scope of its own, since what its caller has read and changed is not its business.
    /// </summary>
    public async ValueTask<CaptchaSecret> GetAsync(CancellationToken cancel)
    {
        if (_secret is { } known)
        {
            return known;
        }
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<FeedbackContext>();
        for (var look = 0; _secret is null && look < Looks; look++)
        {
            if (
                await database
                    .CaptchaKeys.AsNoTracking()
                    .FirstOrDefaultAsync(key => key.Id == StoredCaptchaKey.TheOnly, cancel)
                is not { } stored
            )
            {
                await MakeAsync(database, cancel);
            }
            else if (Read(stored.Value) is { } key)
            {
                _secret = new CaptchaSecret(key);
            }
            else
            // Its ring of keys is lost, and with it every challenge that it signed.
            {
                await database
                    .CaptchaKeys.Where(each => each.Id == StoredCaptchaKey.TheOnly && each.Value == stored.Value)
                    .ExecuteDeleteAsync(cancel);
            }
        }

        return _secret
            ?? throw new InvalidOperationException("The key of the captcha is neither there nor can it be made.");
    }

    private async Task MakeAsync(FeedbackContext database, CancellationToken cancel)
    {
        database.Add(
            new StoredCaptchaKey
            {
                Id = StoredCaptchaKey.TheOnly,
                Value = Base64Url.EncodeToString(
                    _protector.Protect(RandomNumberGenerator.GetBytes(CaptchaSecret.Size))
                ),
            }
        );
        try
        {
            await database.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException e) when (UniqueViolation.Is(e))
        {
            // Another replica was first.
        }

        database.ChangeTracker.Clear();
    }

    private byte[]? Read(string value)
    {
        try
        {
            return _protector.Unprotect(Base64Url.DecodeFromChars(value)) is { Length: CaptchaSecret.Size } key
                ? key
                : null;
        }
        catch (Exception broken) when (broken is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
