using System.Collections;
using System.Reflection;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Tests.Storage;

/// <summary>Passes everything on to a store, and counts the rows that it gives.</summary>
public class CountingStore : DispatchProxy
{
    private static readonly MethodInfo Counted = typeof(CountingStore).GetMethod(nameof(CountAsync), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private IHubStore _store = null!;
    private int _rows;

    internal int Rows
    {
        get => _rows;
        set => _rows = value;
    }

    internal static IHubStore Over(IHubStore store)
    {
        var counted = Create<IHubStore, CountingStore>();
        Of(counted)._store = store;
        return counted;
    }

    internal static CountingStore Of(IHubStore counted) => (CountingStore)(object)counted;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var result = targetMethod!.Invoke(_store, args);
        return targetMethod.ReturnType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Task<>) ? Counted.MakeGenericMethod(type.GenericTypeArguments).Invoke(this, [result]) : result;
    }

    private async Task<T> CountAsync<T>(Task<T> reading)
    {
        var read = await reading;
        Interlocked.Add(ref _rows, read switch { ICollection rows => rows.Count, null or ValueType => 0, _ => 1 });
        return read;
    }
}
