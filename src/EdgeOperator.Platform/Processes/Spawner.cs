using System.Collections.Concurrent;
using System.Diagnostics;

namespace EdgeOperator.Platform.Processes;

/// <summary>
/// Starts processes on one thread that lasts as long as the host: Linux counts a parent as dead when the thread that
/// forked ends, and would end the worker with any thread of the pool.
/// </summary>
public static class Spawner
{
    private static readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Started)> Orders = Begin();

    /// <exception cref="System.ComponentModel.Win32Exception">The program can't be started.</exception>
    public static Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Orders.Add((start, started));
        return started.Task;
    }

    private static BlockingCollection<(ProcessStartInfo, TaskCompletionSource<Process>)> Begin()
    {
        var orders = new BlockingCollection<(ProcessStartInfo, TaskCompletionSource<Process>)>();
        new Thread(Work) { IsBackground = true, Name = "Spawner" }.Start();
        return orders;

        void Work()
        {
            foreach (var (start, started) in orders.GetConsumingEnumerable())
            {
                try
                {
                    started.SetResult(Process.Start(start)!);
                }
                catch (Exception e)
                {
                    started.SetException(e);
                }
            }
        }
    }
}
