namespace PortalServices.Http.Problems;

/// <summary>
/// A way a request can fail. Declared as <c>public static readonly</c> fields of static classes named <c>…Problems</c>,
/// so that the list in docs/errors.md can be checked; the summary of the field is the "when" of that list.
/// </summary>
/// <param name="Code">Stable snake_case name; clients decide by it.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="English">One sentence for a person.</param>
/// <param name="Vietnamese">The same sentence.</param>
public sealed record ProblemCode(string Code, int Status, string English, string Vietnamese);
