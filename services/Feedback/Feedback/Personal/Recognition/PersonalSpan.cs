using System.Text.RegularExpressions;

namespace PortalServices.Feedback.Personal.Recognition;

/// <summary>What a part of a text says about somebody.</summary>
internal enum PersonalDataKind
{
    /// <summary>A person's name.</summary>
    Name,

    /// <summary>An e-mail address.</summary>
    Email,

    /// <summary>A telephone number.</summary>
    Phone,

    /// <summary>The number of an identity card, of a driving licence, or a personal identifier.</summary>
    Identity,

    /// <summary>The number of a passport.</summary>
    Passport,

    /// <summary>The number of a health insurance card.</summary>
    HealthInsurance,

    /// <summary>A social insurance number.</summary>
    SocialInsurance,

    /// <summary>The number of a bank account or a payment card.</summary>
    BankAccount,

    /// <summary>A person's tax number.</summary>
    TaxNumber,

    /// <summary>A date of birth.</summary>
    BirthDate,

    /// <summary>Where somebody lives.</summary>
    Address,

    /// <summary>A vehicle's number plate.</summary>
    NumberPlate,

    /// <summary>An account or a profile elsewhere.</summary>
    Profile,

    /// <summary>A long number of unknown meaning.</summary>
    Number,
}

/// <summary>A part of a text that says something about somebody.</summary>
/// <param name="Start">In UTF-16 code units from the beginning of the text.</param>
/// <param name="Length">In UTF-16 code units.</param>
/// <param name="Kind">What it says.</param>
/// <param name="IsCertain">Hidden without asking; else an operator decides.</param>
internal readonly record struct PersonalSpan(int Start, int Length, PersonalDataKind Kind, bool IsCertain)
{
    public int End => Start + Length;

    public static PersonalSpan Of(Capture part, PersonalDataKind kind, bool isCertain) =>
        new(part.Index, part.Length, kind, isCertain);

    public static PersonalSpan Between(int start, int end, PersonalDataKind kind, bool isCertain) =>
        new(start, end - start, kind, isCertain);
}
