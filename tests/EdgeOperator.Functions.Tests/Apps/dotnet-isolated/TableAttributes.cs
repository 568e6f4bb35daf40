using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace IsolatedApp;

/// <summary>As Microsoft.Azure.Functions.Worker.Extensions.Tables has it, by whose name the worker's build tells the binding's type.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TableInputAttribute(string tableName, string partitionKey, string rowKey) : InputBindingAttribute
{
    public string TableName { get; } = tableName;

    public string PartitionKey { get; } = partitionKey;

    public string RowKey { get; } = rowKey;
}

/// <inheritdoc cref="TableInputAttribute"/>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
public sealed class TableOutputAttribute(string tableName) : OutputBindingAttribute
{
    public string TableName { get; } = tableName;
}
