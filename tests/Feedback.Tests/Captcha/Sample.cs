namespace PortalServices.Feedback.Tests.Captcha;

/// <summary>Challenges by number, the same each time.</summary>
internal static class Sample
{
    public static byte[] Seed(int number) => BitConverter.GetBytes(number);

    public static string Answer(int number)
    {
        var numbers = new SeededNumbers("sample", Seed(number));
        return string.Concat(
            Enumerable
                .Range(0, CaptchaAlphabet.Length)
                .Select(_ => CaptchaAlphabet.Characters[numbers.Below(CaptchaAlphabet.Characters.Length)])
        );
    }
}
