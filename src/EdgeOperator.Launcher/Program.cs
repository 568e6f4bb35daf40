using System.Runtime.Versioning;
using EdgeOperator.Launcher;

[assembly: SupportedOSPlatform("linux")]

return GuestExecCommand.TryRun(args) ?? AgentProgram.Exec(args);
