using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Manifests;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Drivers;

/// <summary>What a driver is made from.</summary>
/// <param name="secrets">Gives drivers the values of secrets.</param>
/// <param name="isReadOnly">For whoever only observes, perhaps beside a running agent.</param>
public sealed class DriverContext(AgentConfiguration configuration, TimeProvider time, ILoggerFactory loggers, SecretVault secrets, bool isReadOnly)
{
    private readonly List<IDriver> _earlier = [];

    public AgentConfiguration Configuration { get; } = configuration;

    public string StateDirectory => Configuration.StateDirectory;

    public TimeProvider Time { get; } = time;

    public ILoggerFactory Loggers { get; } = loggers;

    public SecretVault Secrets { get; } = secrets;

    public bool IsReadOnly { get; } = isReadOnly;

    /// <summary>The driver of a kind that is registered earlier and offers <typeparamref name="T"/>; null when none does.</summary>
    public T? Find<T>()
        where T : class => _earlier.OfType<T>().FirstOrDefault();

    internal void Add(IDriver driver) => _earlier.Add(driver);
}
