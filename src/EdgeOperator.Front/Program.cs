using System.Runtime.Versioning;
using EdgeOperator.Front;

[assembly: SupportedOSPlatform("linux")]

return GuestCrossing.TryRun(args) ?? AgentProgram.Become();
