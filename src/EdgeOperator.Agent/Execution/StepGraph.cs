using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Execution;

/// <summary>Which steps of a plan may begin now, as others end.</summary>
internal sealed class StepGraph
{
    private readonly Dictionary<string, StepOutcome> _outcomes = [];
    private readonly Dictionary<string, int> _waitingFor = [];
    private readonly Dictionary<string, List<Step>> _behind = [];
    private readonly Queue<Step> _ready = [];

    public StepGraph(ImmutableArray<Step> steps)
    {
        var known = steps.Select(s => s.Id).ToHashSet();
        foreach (var step in steps)
        {
            var before = step.Requires.Concat(step.After).Where(known.Contains).Distinct().ToList();
            foreach (var id in before)
            {
                if (!_behind.TryGetValue(id, out var behind))
                {
                    _behind[id] = behind = [];
                }

                behind.Add(step);
            }

            _waitingFor[step.Id] = before.Count;
            if (before.Count == 0)
            {
                _ready.Enqueue(step);
            }
        }
    }

    /// <summary>Takes a step that waits for nothing any more.</summary>
    /// <param name="skipped">The outcome when the step must not run, since one that it requires did not succeed or one that it follows is pending; else null.</param>
    public bool TryTake([NotNullWhen(true)] out Step? step, out StepOutcome.Skipped? skipped)
    {
        skipped = null;
        if (!_ready.TryDequeue(out step))
        {
            return false;
        }

        skipped = step.Requires.Select(BlockerOfRequired).Concat(step.After.Select(BlockerOfAfter)).FirstOrDefault(b => b is not null);
        return true;
    }

    public void Ended(Step step, StepOutcome outcome)
    {
        _outcomes[step.Id] = outcome;
        foreach (var behind in _behind.GetValueOrDefault(step.Id, []))
        {
            if (--_waitingFor[behind.Id] == 0)
            {
                _ready.Enqueue(behind);
            }
        }
    }

    // The step that failed first, rather than the last in the chain.
    private StepOutcome.Skipped? BlockerOfRequired(string id) => _outcomes.GetValueOrDefault(id) switch
    {
        StepOutcome.Succeeded => null,
        StepOutcome.Skipped because => because,
        _ => new(id),
    };

    // A pending step has not ended, nor has one that waits for it.
    private StepOutcome.Skipped? BlockerOfAfter(string id) => _outcomes.GetValueOrDefault(id) switch
    {
        StepOutcome.Pending => new(id),
        StepOutcome.Skipped because when _outcomes.GetValueOrDefault(because.BecauseOf) is StepOutcome.Pending => because,
        _ => null,
    };
}
