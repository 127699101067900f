namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>Stops the start. The message is the one line an operator reads on the error output.</summary>
/// <param name="message">What is wrong, beginning with the setting or file to change.</param>
public sealed class StartupException(string message) : Exception(message);
