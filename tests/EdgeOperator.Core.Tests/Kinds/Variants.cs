using System.Collections;
using System.Collections.Immutable;
using System.Reflection;

namespace EdgeOperator.Core.Tests.Kinds;

/// <summary>Copies of a record that differ from it in one field, at any depth.</summary>
internal static class Variants
{
    private static readonly MethodInfo ArrayFrom = typeof(ImmutableArray).GetMethods()
        .Single(m => m.Name == nameof(ImmutableArray.CreateRange) && m.GetParameters() is [{ ParameterType: { IsInterface: true } }]);

    /// <summary>A record whose every field has a value, collections one element.</summary>
    public static object Full(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Scalar(type) is { } scalar)
            return scalar;
        if (ElementOf(type) is { } element)
            return Array(element, Full(element));
        if (type == typeof(ImmutableSortedDictionary<string, string>))
            return ImmutableSortedDictionary<string, string>.Empty.Add("key", "value");
        if (type == typeof(ImmutableSortedDictionary<string, ImmutableArray<string>>))
            return ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("key", ["value"]);
        if (type.IsAbstract)
            return Full(DerivedOf(type)[0]);

        var constructor = type.GetConstructors().OrderBy(c => c.GetParameters().Length).First(c => c.GetParameters() is not [var only] || only.ParameterType != type);
        var made = constructor.Invoke([.. constructor.GetParameters().Select(p => Full(p.ParameterType))]);
        foreach (var property in Fields(type))
            property.SetValue(made, Full(property.PropertyType));
        return made;
    }

    /// <summary>With the paths of what differs.</summary>
    public static IEnumerable<(string Path, object Variant)> Of(object value, string path = "")
    {
        foreach (var property in Fields(value.GetType()))
        {
            foreach (var (inner, changed) in OfValue(property.GetValue(value), property.PropertyType, $"{path}{property.Name}"))
                yield return (inner, With(value, property, changed));
        }
    }

    private static IEnumerable<(string Path, object? Variant)> OfValue(object? value, Type declared, string path)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (Other(value) is { } other)
            yield return (path, other);
        else if (ElementOf(type) is { } element)
        {
            yield return ($"{path}[]", Array(element));
            foreach (var (inner, changed) in OfValue(((IEnumerable)value!).Cast<object>().Single(), element, $"{path}[0]"))
                yield return (inner, Array(element, changed!));
        }
        else if (value is ImmutableSortedDictionary<string, string> map)
        {
            yield return (path, map.Add("other", ""));
            yield return (path, map.SetItem("key", "other"));
        }
        else if (value is ImmutableSortedDictionary<string, ImmutableArray<string>> lists)
        {
            yield return (path, lists.Add("other", []));
            yield return (path, lists.SetItem("key", ["other"]));
        }
        else
        {
            foreach (var (inner, changed) in Of(value!, $"{path}."))
                yield return (inner, changed);
            foreach (var derived in type.IsAbstract ? DerivedOf(type).Where(derived => derived != value!.GetType()) : [])
                yield return ($"{path}:{derived.Name}", Full(derived));
        }
    }

    private static object With(object record, PropertyInfo property, object? value)
    {
        var copy = record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!;
        property.SetValue(copy, value);
        return copy;
    }

    private static object? Scalar(Type type) => type switch
    {
        _ when type == typeof(string) => "text",
        _ when type == typeof(bool) => true,
        _ when type == typeof(int) => 1,
        _ when type == typeof(uint) => 1u,
        _ when type == typeof(long) => 1L,
        _ when type == typeof(TimeSpan) => TimeSpan.FromSeconds(1),
        _ when type == typeof(TimeOnly) => new TimeOnly(1, 0),
        _ when type == typeof(ReadOnlyMemory<byte>) => new ReadOnlyMemory<byte>([1]),
        { IsEnum: true } => Enum.GetValues(type).GetValue(0),
        _ => null,
    };

    private static object? Other(object? value) => value switch
    {
        string text => text + "2",
        bool flag => !flag,
        int number => number + 1,
        uint number => number + 1,
        long number => number + 1,
        TimeSpan time => time + TimeSpan.FromSeconds(1),
        TimeOnly time => time.AddHours(1),
        ReadOnlyMemory<byte> => new ReadOnlyMemory<byte>([2]),
        Enum => Enum.GetValues(value.GetType()).GetValue(1),
        _ => null,
    };

    private static IEnumerable<PropertyInfo> Fields(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite && property.GetIndexParameters().Length == 0);

    private static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) ? type.GetGenericArguments()[0] : null;

    private static object Array(Type element, params object[] items)
    {
        var array = System.Array.CreateInstance(element, items.Length);
        items.CopyTo(array, 0);
        return ArrayFrom.MakeGenericMethod(element).Invoke(null, [array])!;
    }

    private static Type[] DerivedOf(Type type) => [.. type.Assembly.GetTypes().Where(t => t.IsSubclassOf(type) && !t.IsAbstract).OrderBy(t => t.Name, StringComparer.Ordinal)];
}
