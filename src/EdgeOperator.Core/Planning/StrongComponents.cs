using System.Runtime.InteropServices;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// Tarjan's strongly connected components, without recursion, so that a chain of any length fits on the stack. Each
/// component comes behind all that it has edges to; one with more than one node is a cycle, or several.
/// </summary>
internal static class StrongComponents
{
    private const int Unseen = -1;
    private const int Finished = int.MaxValue;

    /// <param name="edges">For each node the nodes it leads to.</param>
    public static List<int[]> Of(int[][] edges)
    {
        var components = new List<int[]>(edges.Length);
        var low = new int[edges.Length];
        var next = new int[edges.Length];
        var open = new List<int>();
        var path = new Stack<int>();
        Array.Fill(low, Unseen);
        var numbers = new int[edges.Length];
        var number = 0;

        for (var root = 0; root < edges.Length; root++)
        {
            if (low[root] == Unseen)
                Enter(root);
            while (path.TryPeek(out var node))
            {
                if (next[node] < edges[node].Length)
                    Follow(node, edges[node][next[node]++]);
                else
                    Leave(path.Pop());
            }
        }

        return components;

        void Enter(int node)
        {
            numbers[node] = low[node] = number++;
            open.Add(node);
            path.Push(node);
        }

        void Follow(int node, int target)
        {
            if (low[target] == Unseen)
                Enter(target);
            else if (low[target] != Finished)
                low[node] = Math.Min(low[node], numbers[target]);
        }

        void Leave(int node)
        {
            if (path.TryPeek(out var parent))
                low[parent] = Math.Min(low[parent], low[node]);
            if (low[node] != numbers[node])
                return;

            var first = open.LastIndexOf(node);
            int[] component = [.. CollectionsMarshal.AsSpan(open)[first..]];
            open.RemoveRange(first, component.Length);
            foreach (var member in component)
                low[member] = Finished;
            components.Add(component);
        }
    }
}
