using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace EdgeOperator.Testing;

/// <summary>Which parts of an assembly use which, read from its compiled code.</summary>
public static class NamespaceDependencies
{
    /// <summary>Every use of a part by another that <paramref name="parts"/> does not list before it.</summary>
    /// <param name="type">Any type of the assembly; the first two words of its namespace are the assembly's own.</param>
    /// <param name="parts">
    /// Namespaces below the assembly's own, from the lowest to the highest, such as <c>Storage</c>; the empty one is the assembly's own.
    /// A namespace belongs to the longest of them that it begins with.
    /// </param>
    /// <returns>Such as <c>Storage.RevisionStore uses Sources.Artifact</c>.</returns>
    public static IReadOnlyList<string> Upwards(Type type, IReadOnlyList<string> parts)
    {
        using var module = ModuleDefinition.ReadModule(type.Assembly.Location);
        var root = string.Join('.', type.Namespace!.Split('.').Take(2));
        var types = module.GetAllTypes().Where(t => Outermost(t).Namespace.StartsWith(root, StringComparison.Ordinal)).ToArray();
        return
        [
            .. types
                .SelectMany(user => Used(user).Where(used => used.Scope == module && Outermost(used).Namespace.StartsWith(root, StringComparison.Ordinal)).Select(used => (User: Outermost(user), Used: Outermost(used))))
                .Where(use => Rank(use.Used) > Rank(use.User))
                .Select(use => $"{Short(use.User)} uses {Short(use.Used)}")
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

        int Rank(TypeReference type)
        {
            var name = type.Namespace.Length == root.Length ? "" : type.Namespace[(root.Length + 1)..];
            var part = parts.Where(p => p == "" ? name == "" : name == p || name.StartsWith(p + ".", StringComparison.Ordinal)).MaxBy(p => p.Length)
                ?? throw new ArgumentException($"the namespace {type.Namespace} has no place in the order", nameof(parts));
            return parts.ToList().IndexOf(part);
        }

        string Short(TypeReference type) => type.FullName.Length > root.Length ? type.FullName[(root.Length + 1)..] : type.FullName;
    }

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<TypeReference> Used(TypeDefinition type)
    {
        IEnumerable<TypeReference?> members =
        [
            type.BaseType,
            .. type.Interfaces.Select(i => i.InterfaceType),
            .. type.Fields.Select(f => f.FieldType),
            .. type.CustomAttributes.Select(a => a.AttributeType),
            .. type.Methods.SelectMany(Used),
        ];
        return members.OfType<TypeReference>().SelectMany(Elements);
    }

    private static IEnumerable<TypeReference?> Used(MethodDefinition method) =>
    [
        method.ReturnType,
        .. method.Parameters.Select(p => p.ParameterType),
        .. method.HasBody ? method.Body.Variables.Select(v => v.VariableType) : [],
        .. method.HasBody ? method.Body.Instructions.SelectMany(i => Used(i.Operand)) : [],
    ];

    private static IEnumerable<TypeReference?> Used(object? operand) => operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod method => [method.DeclaringType, method.ReturnType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType, method.ReturnType],
        _ => [],
    };

    // A list of arrays of T uses T.
    private static IEnumerable<TypeReference> Elements(TypeReference type) => type switch
    {
        GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Elements)],
        TypeSpecification part => Elements(part.ElementType),
        GenericParameter => [],
        _ => [type],
    };
}
