using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;

namespace EdgeOperator.Cli.Windows;

/// <summary>Makes and removes the Windows service, by <c>sc.exe</c>, and its source in the event log.</summary>
[SupportedOSPlatform("windows")]
internal static class ServiceControl
{
    private const string EventLogName = "Application";

    /// <summary>ERROR_SERVICE_DOES_NOT_EXIST, ERROR_SERVICE_NOT_ACTIVE.</summary>
    private const int NoSuchService = 1060, NotActive = 1062;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Windows starts the service whenever it starts, and again when its process ends by itself: after 5 s twice, then after 60 s.</summary>
    /// <param name="program">Of edgeop, absolute.</param>
    /// <param name="config">Absolute.</param>
    /// <exception cref="UserError">Windows refuses.</exception>
    public static void Install(string program, string config)
    {
        // The name of an option of sc.exe ends with its =, and the value is a word of its own.
        Do("create", AgentService.Name, "binPath=", $"\"{program}\" agent --config \"{config}\"", "start=", "auto", "DisplayName=", "EdgeOperator");
        Do("description", AgentService.Name, "Keeps this device equal to what Git says it is.");
        Do("failure", AgentService.Name, "reset=", "86400", "actions=", "restart/5000/restart/5000/restart/60000");
        ChangeEventSource(() =>
        {
            if (!EventLog.SourceExists(AgentService.Name))
                EventLog.CreateEventSource(new EventSourceCreationData(AgentService.Name, EventLogName));
        });
    }

    /// <exception cref="UserError">There is no such service, or Windows refuses.</exception>
    public static void Remove()
    {
        var (code, output) = Run("stop", AgentService.Name);
        if (code == NoSuchService)
            throw new UserError(ExitCode.Failed, $"there is no service {AgentService.Name}");
        if (code is not (0 or NotActive))
            throw Refused("stop", code, output);
        Do("delete", AgentService.Name);
        ChangeEventSource(() =>
        {
            if (EventLog.SourceExists(AgentService.Name))
                EventLog.DeleteEventSource(AgentService.Name);
        });
    }

    private static void ChangeEventSource(Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is System.Security.SecurityException or UnauthorizedAccessException)
        {
            throw new UserError(ExitCode.Failed, $"the event log's source {AgentService.Name} can't be changed: {e.Message}");
        }
    }

    private static void Do(params string[] arguments)
    {
        var (code, output) = Run(arguments);
        if (code != 0)
            throw Refused(arguments[0], code, output);
    }

    private static UserError Refused(string command, int code, string output) =>
        new(ExitCode.Failed, $"sc.exe {command} ended with {code}: {output.Trim().ReplaceLineEndings(" ")}");

    private static (int Code, string Output) Run(params string[] arguments)
    {
        try
        {
            using var sc = Process.Start(new ProcessStartInfo(Path.Combine(Environment.SystemDirectory, "sc.exe"), arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
            var output = sc.StandardOutput.ReadToEndAsync();
            if (!sc.WaitForExit(Timeout))
            {
                sc.Kill();
                throw new UserError(ExitCode.Failed, $"sc.exe {arguments[0]} has not ended within {Timeout.TotalSeconds:0} s");
            }

            return (sc.ExitCode, output.GetAwaiter().GetResult());
        }
        catch (Win32Exception e)
        {
            throw new UserError(ExitCode.Failed, $"sc.exe can't be started: {e.Message}");
        }
    }
}
