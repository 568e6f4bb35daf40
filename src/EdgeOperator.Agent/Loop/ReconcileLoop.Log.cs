using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Loop;

public sealed partial class ReconcileLoop
{
    [LoggerMessage(1001, LogLevel.Debug, "Woken: {Why}")]
    private partial void LogWoken(string why);

    [LoggerMessage(1002, LogLevel.Error, "A pass failed unexpectedly; the next one follows in {Delay}")]
    private partial void LogPassFailed(Exception error, TimeSpan delay);
}
