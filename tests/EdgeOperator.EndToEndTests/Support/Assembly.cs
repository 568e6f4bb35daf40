using System.Runtime.Versioning;

// Devices under test are Linux: they run a private Docker engine.
[assembly: SupportedOSPlatform("linux")]
