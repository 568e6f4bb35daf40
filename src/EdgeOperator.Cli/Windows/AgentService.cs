using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.WindowsServices;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Cli.Windows;

/// <summary>The agent as a Windows service: the service control manager starts and stops it, and its log is the event log.</summary>
internal static partial class AgentService
{
    /// <summary>Of the service, and of its source in the event log.</summary>
    public const string Name = "edgeop";

    /// <summary>Whether the service control manager has started this process.</summary>
    [SupportedOSPlatform("windows")]
    public static bool IsService => WindowsServiceHelpers.IsWindowsService();

    /// <summary>Runs until the service is to stop.</summary>
    /// <param name="run">Runs the agent until cancelled.</param>
    [SupportedOSPlatform("windows")]
    public static async Task RunAsync(bool isVerbose, Func<ILoggerFactory, CancellationToken, Task> run)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { ContentRootPath = AppContext.BaseDirectory, DisableDefaults = true });
        builder.Services.AddWindowsService(options => options.ServiceName = Name);
        builder.Logging.SetMinimumLevel(isVerbose ? LogLevel.Debug : LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddEventLog(settings => settings.SourceName = Name);
        builder.Services.AddHostedService(services => new Runner(run, services.GetRequiredService<ILoggerFactory>()));
        using var host = builder.Build();
        await host.RunAsync();
    }

    private sealed class Runner(Func<ILoggerFactory, CancellationToken, Task> run, ILoggerFactory loggers) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => RunAsync(stoppingToken), CancellationToken.None);

        private async Task RunAsync(CancellationToken stopping)
        {
            try
            {
                await run(loggers, stopping);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogEnded(loggers.CreateLogger(typeof(AgentService)), e is UserError error ? string.Join(Environment.NewLine, error.Lines) : e.Message, e is UserError ? null : e);

                // A service that reports its end is not started again; one whose process is gone is.
                Environment.Exit(ExitCode.Failed);
            }
        }
    }

    [LoggerMessage(9101, LogLevel.Critical, "The agent can't go on: {Reason}")]
    private static partial void LogEnded(ILogger logger, string reason, Exception? exception);
}
