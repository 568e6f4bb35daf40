using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using EdgeOperator.Soak;

// Devices under test are Linux: they run a private Docker engine.
[assembly: SupportedOSPlatform("linux")]

var options = SoakOptions.Parse(args);
if (options is null)
{
    Console.Error.WriteLine(SoakOptions.Usage);
    return 3;
}

Console.WriteLine($"seed {options.Seed}, {options.Duration:g}");
using var interrupted = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);

var figures = new Figures();
var lab = await Lab.StartAsync(options.Edgeop);
try
{
    await new Soak(lab, options, figures, Console.Out).RunAsync(interrupted.Token);
    Console.WriteLine($"\nThe device is equal to the last good commit (seed {options.Seed}):\n{figures}");
    return 0;
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    Console.WriteLine($"\nInterrupted (seed {options.Seed}):\n{figures}");
    return 130;
}
catch (Exception e) when (e is TimeoutException or InvalidOperationException or HttpRequestException or IOException)
{
    Console.WriteLine($"\nFailed (seed {options.Seed}): {e.Message}\n{figures}");
    await Evidence.SaveAsync(lab, options.Evidence, e);
    Console.WriteLine($"What the device, its agent and its engine say is in {options.Evidence}.");
    return 1;
}
finally
{
    await lab.DisposeAsync();
}

void End(PosixSignalContext context)
{
    context.Cancel = true;
    interrupted.Cancel();
}
