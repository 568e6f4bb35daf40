using System.Collections.Immutable;
using EdgeOperator.Agent.Clock;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Execution;

/// <summary>
/// Carries plans out: every step as soon as what it waits for has ended, up to <paramref name="parallelism"/> at once.
/// </summary>
/// <param name="awaitReady">Answers an <see cref="AwaitReady"/> step at once, from what is on the device.</param>
/// <param name="parallelism">Steps that run at once, from 1.</param>
/// <param name="time">By which fetches that failed become due again.</param>
/// <param name="fault">Where a crash test kills the process; null everywhere else.</param>
public sealed partial class PlanExecutor(
    IReadOnlyCollection<IDriver> drivers,
    Func<AwaitReady, DesiredState, CancellationToken, Task<StepOutcome>> awaitReady,
    int parallelism,
    TimeProvider time,
    FaultPoint? fault,
    ILogger<PlanExecutor> logger)
{
    /// <summary>
    /// Runs a plan to its end. When cancelled, begins nothing more, waits for the steps that are under way (they see the
    /// cancellation too) and returns the results there are. Never throws for what a driver does.
    /// </summary>
    /// <returns>The steps that ended, in the order in which they did; a cancelled step is not among them.</returns>
    public async Task<ImmutableArray<StepResult>> RunAsync(Plan plan, DeviceState device, CancellationToken cancellation)
    {
        var graph = new StepGraph(plan.Steps);
        var results = ImmutableArray.CreateBuilder<StepResult>(plan.Steps.Length);
        var running = new List<Task<StepResult?>>();
        while (true)
        {
            while (running.Count < parallelism && !cancellation.IsCancellationRequested && graph.TryTake(out var step, out var skipped))
            {
                if (skipped is null)
                {
                    running.Add(RunAsync(step, device, cancellation));
                }
                else
                {
                    Ended(new(step, skipped, TimeSpan.Zero));
                }
            }

            if (running.Count == 0)
            {
                return results.ToImmutable();
            }

            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            if (await ended is { } result)
            {
                Ended(result);
            }
        }

        void Ended(StepResult result)
        {
            LogStep(result.Step.Id, result.Outcome, result.Duration.TotalMilliseconds);
            graph.Ended(result.Step, result.Outcome);
            results.Add(result);
        }
    }

    // Null when the step was cancelled.
    private async Task<StepResult?> RunAsync(Step step, DeviceState device, CancellationToken cancellation)
    {
        // A step that works synchronously must not hold up its neighbours.
        await Task.Yield();
        fault?.Before(step);
        var began = time.GetTimestamp();
        try
        {
            var outcome = await ExecuteAsync(step, device, cancellation);
            fault?.After(step);
            return new(step, outcome, time.GetElapsedTime(began));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            LogThrew(step.Id, e);
            return new(step, new StepOutcome.Retry("DriverFailed", e.Message), time.GetElapsedTime(began));
        }
    }

    private Task<StepOutcome> ExecuteAsync(Step step, DeviceState device, CancellationToken cancellation) => step switch
    {
        Milestone => Task.FromResult<StepOutcome>(new StepOutcome.Succeeded()),
        AwaitReady gate => awaitReady(gate, device.Desired, cancellation),
        Fetch { NotBefore: { } due } when time.GetUtcNow() < due =>
            Task.FromResult<StepOutcome>(new StepOutcome.Pending($"the last pull of this image failed; it is tried again at {SteadyClock.ToWall(time, due):u}")),
        _ when drivers.FirstOrDefault(d => d.Handles(step)) is { } driver => driver.ExecuteAsync(step, device, cancellation),
        _ => Task.FromResult<StepOutcome>(new StepOutcome.Terminal("NoDriver", $"nothing on this device can {step.Id}")),
    };
}
