using System.Collections.ObjectModel;
using System.Text.Json;

namespace EdgeOperator.Platform.Streams;

/// <summary>A JSON array of a less trusted party, read up to 10,000 items; more are an <see cref="InputTooLargeException"/>.</summary>
public sealed class BoundedItems<T> : Collection<T>
    where T : class
{
    public const int Most = 10_000;

    protected override void InsertItem(int index, T item)
    {
        if (Count == Most)
            throw new InputTooLargeException($"a list has more than {Most} items");
        base.InsertItem(index, item ?? throw new JsonException("an item is null"));
    }
}
