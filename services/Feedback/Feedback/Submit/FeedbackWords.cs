using PortalServices.VietnameseText;

namespace PortalServices.Feedback.Submit;

/// <summary>What operators search in: receipt, sender, title, content, answer; folded as content's search folds.</summary>
internal static class FeedbackWords
{
    public static string Of(FeedbackEntry entry) => SearchText.Of(
        string.Join('\n', entry.Receipt, entry.FullName, entry.Email, entry.Phone, entry.Title, entry.Content, entry.Answer, entry.AssignedTo)).Folded;
}
