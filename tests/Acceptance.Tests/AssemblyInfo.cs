using System.Runtime.Versioning;

// Modes of files.
[assembly: SupportedOSPlatform("linux")]
