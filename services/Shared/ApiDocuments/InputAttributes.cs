using System.ComponentModel.DataAnnotations;

namespace PortalServices.ApiDocuments;

/// <summary>
/// A text of plain characters and of so many at most, as <see cref="InputCheck"/> checks it and the API document tells.
/// </summary>
/// <param name="most">Characters, as it is stored.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PlainTextAttribute(int most) : MaxLengthAttribute(most)
{
    /// <summary>It may have several lines.</summary>
    public bool SeveralLines { get; init; }

    /// <summary>It can be left out, but not be blank.</summary>
    public bool NotBlank { get; init; }
}

/// <summary>What a client may send.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ExampleAttribute(object value) : Attribute
{
    /// <summary>A text or a whole number.</summary>
    public object Value => value;
}

/// <summary>How many items a list has.</summary>
/// <param name="least">At least.</param>
/// <param name="most">At most.</param>
[AttributeUsage(AttributeTargets.Parameter, AllowMultiple = true)]
public sealed class ItemsAttribute(int least, int most) : Attribute
{
    /// <summary>At least.</summary>
    public int Least => least;

    /// <summary>At most.</summary>
    public int Most => most;

    /// <summary>0 for the list itself, 1 for the lists in it.</summary>
    public int Depth { get; init; }
}

/// <summary>A whole number.</summary>
/// <param name="least">At least.</param>
/// <param name="most">At most.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class WholeNumberAttribute(long least, long most = long.MaxValue) : Attribute
{
    /// <summary>At least.</summary>
    public long Least => least;

    /// <summary>At most.</summary>
    public long Most => most;
}
