package dev.ringway.ffi.libc;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/**
 * Signals of the process as tasks of a control thread, signal(7). Any thread; for start-up.
 * <p>
 * The JVM's handler is the only one that may run in a JVM, and {@code sun.misc.Signal} its only door; javac warns at
 * each mention of that class and cannot be told not to, so it is reached by reflection.
 */
public enum Signals
{
    /** The terminal went away; daemons: read the configuration again. */
    HUP(1),
    /** Interrupt from the keyboard. */
    INT(2),
    /** For the program's own use, here: open log files again. */
    USR1(10),
    /** Please end. */
    TERM(15);

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String IGNORED = "SigIgn:";

    private final int number;

    Signals(final int number)
    {
        this.number = number;
    }

    /**
     * @return number of the signal.
     */
    public int number()
    {
        return number;
    }

    /**
     * Runs a task at each arrival of the signal instead of what it does by default. Replaces an earlier one.
     *
     * @param executor the control thread's; must not refuse the task.
     * @param action   the task.
     * @throws IllegalStateException when the JVM keeps the signal for itself (as with -Xrs).
     */
    public void handle(final Executor executor, final Runnable action)
    {
        install((handlerType) -> Proxy.newProxyInstance(
            Signals.class.getClassLoader(), new Class<?>[]{handlerType}, handler(executor, action)));
    }

    /**
     * Whether the kernel drops the signal, proc(5). A process inherits that (nohup(1) starts one so), and the JVM leaves
     * {@link #HUP}, {@link #INT} and {@link #TERM} as they are then: {@link #handle} has no effect.
     *
     * @return true if it does.
     * @throws IOException when the kernel does not say so.
     */
    public boolean isIgnored() throws IOException
    {
        for (final String line : Files.readAllLines(STATUS))
        {
            if (line.startsWith(IGNORED))
            {
                final long mask = Long.parseUnsignedLong(line.substring(IGNORED.length()).strip(), 16);
                return (mask >>> number - 1 & 1) == 1;
            }
        }
        return false;
    }

    /**
     * Puts the JVM's own handling back.
     */
    public void handleByDefault()
    {
        install((handlerType) -> handlerType.getField("SIG_DFL").get(null));
    }

    private static InvocationHandler handler(final Executor executor, final Runnable action)
    {
        return (proxy, method, arguments) ->
        {
            switch (method.getName())
            {
                case "handle":
                    executor.execute(action);
                    return null;
                case "equals":
                    return proxy == arguments[0];
                case "hashCode":
                    return System.identityHashCode(proxy);
                default:
                    return "handler of " + action;
            }
        };
    }

    private void install(final HandlerSource source)
    {
        try
        {
            final Class<?> signalType = Class.forName("sun.misc.Signal");
            final Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            final Object signal = signalType.getConstructor(String.class).newInstance(name());
            signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, source.handler(handlerType));
        }
        catch (final InvocationTargetException e)
        {
            throw new IllegalStateException("cannot handle SIG" + name() + ": " + e.getCause().getMessage(), e);
        }
        catch (final ReflectiveOperationException e)
        {
            throw new IllegalStateException("this JVM has no sun.misc.Signal: module jdk.unsupported is missing", e);
        }
    }

    private interface HandlerSource
    {
        Object handler(Class<?> handlerType) throws ReflectiveOperationException;
    }
}
