using System.Collections.Immutable;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Dispatch;

/// <summary>Reads what a function gets besides the value of its trigger.</summary>
internal sealed class InputReader(IReadOnlyList<IInput> inputs, TimeProvider time)
{
    public static bool HasInputs(FunctionDefinition function) => function.Bindings.Any(IsInput);

    /// <returns>By binding name.</returns>
    /// <exception cref="IOException">An input could not be read.</exception>
    /// <exception cref="FormatException">A binding names what the trigger does not know, or what can't exist.</exception>
    public async Task<ImmutableSortedDictionary<string, Value>> ReadAsync(Invocation invocation, CancellationToken cancellation)
    {
        var data = BindingData.Of(invocation);
        var values = ImmutableSortedDictionary.CreateBuilder<string, Value>();
        foreach (var binding in invocation.Function.Bindings.Where(IsInput))
        {
            var input = inputs.FirstOrDefault(i => i.Handles(binding))
                ?? throw new FormatException($"the input {binding.Name} is of the type {binding.Type}, which is not supported on the device");
            values.Add(binding.Name, await input.ReadAsync(BindingExpression.Resolve(binding, data, time.GetUtcNow()), cancellation) ?? Value.Missing.Value);
        }

        return values.ToImmutable();
    }

    private static bool IsInput(Binding binding) => binding.Direction == BindingDirection.In && !binding.IsTrigger;
}
