using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Invoking;

/// <summary>Reads the inputs of one type of binding, such as <c>blob</c>.</summary>
public interface IInput
{
    bool Handles(Binding binding);

    /// <param name="binding">With its binding expressions resolved.</param>
    /// <returns>Null when there is nothing to read: the function gets its language's null.</returns>
    /// <exception cref="IOException">It could not be read: the function does not run.</exception>
    /// <exception cref="FormatException">The binding names what can't exist.</exception>
    Task<Value?> ReadAsync(Binding binding, CancellationToken cancellation);
}
