using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Windows;

namespace EdgeOperator.Cli.Verbs;

/// <summary>The verbs for the Windows service; nothing by itself.</summary>
internal sealed class ServiceVerb : Command
{
    public ServiceVerb()
        : base("service", "The agent as a Windows service")
    {
        Add(new ServiceInstallVerb());
        Add(new ServiceRemoveVerb());
    }

    private static void RefuseElsewhere()
    {
        if (!OperatingSystem.IsWindows())
            throw new UserError(ExitCode.Failed, "this is for Windows: here `systemctl enable --now edgeop` has the agent started");
    }

    private sealed class ServiceInstallVerb() : Verb("install", "Have Windows start the agent, with the file that --config names")
    {
        public override Task<int> RunAsync(Call call, CancellationToken cancellation)
        {
            RefuseElsewhere();

            // A service can tell nobody what is wrong with it but the event log.
            call.Configuration();
            if (OperatingSystem.IsWindows())
                ServiceControl.Install(Environment.ProcessPath!, Path.GetFullPath(call.ConfigFile));
            call.Printer.Answer(
                new JsonObject { ["service"] = AgentService.Name, ["installed"] = true },
                $"The service {AgentService.Name} is installed. Windows starts it when it starts itself, and `net start {AgentService.Name}` does now.");
            return Task.FromResult(ExitCode.Done);
        }
    }

    private sealed class ServiceRemoveVerb() : Verb("remove", "Stop the service and remove it; configuration, state and workloads stay")
    {
        public override Task<int> RunAsync(Call call, CancellationToken cancellation)
        {
            RefuseElsewhere();
            if (OperatingSystem.IsWindows())
                ServiceControl.Remove();
            call.Printer.Answer(new JsonObject { ["service"] = AgentService.Name, ["removed"] = true }, $"The service {AgentService.Name} is removed.");
            return Task.FromResult(ExitCode.Done);
        }
    }
}
