package dev.ringway.engine.listen;

import dev.ringway.codecs.proxyproto.ProxyHeaderParser;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.memory.HeldBytes;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.ListenerFilter;
import dev.ringway.engine.snapshot.ListenerFilter.ProxyProtocol;
import dev.ringway.engine.snapshot.ListenerFilters;

/**
 * An accepted connection that has no filter chain yet: its own address is asked for where chains go by it, and listener
 * filters look at its first bytes, one after the other. The bytes are kept, no more than the filters bear and one
 * receive, and go to whoever gets the connection. Reused. Loop thread only.
 */
final class Inspection implements SessionlessHandler
{
    private final ListenContext context;
    private final EventLoop loop;
    private final Inspectors inspectors;
    private final HeldBytes held = new HeldBytes();
    private Acceptor acceptor;
    private Connection connection;
    private Listener listener;
    private ListenerFilters filters;
    private int step;
    private int seen;
    private boolean isBegun;
    private boolean isLocalAddressAwaited;
    private boolean isUnmatched;

    Inspection(final ListenContext context)
    {
        this.context = context;
        loop = context.loop();
        inspectors = new Inspectors(loop.counters());
    }

    void open(final Acceptor by, final Connection accepted, final boolean looksUpLocalAddress)
    {
        acceptor = by;
        connection = accepted;
        listener = by.listener();
        filters = listener.listenerFilters();
        step = 0;
        seen = 0;
        isBegun = false;
        isUnmatched = false;
        inspectors.reset();
        loop.counters().increment(listener.counters().downstreamPreCxActive);
        accepted.handler(this);
        accepted.deadline(
            filters.timeoutNs() == 0 ? Long.MAX_VALUE : loop.clock().nowNs() + filters.timeoutNs());
        if (filters.asksDestination())
        {
            accepted.addresses().askOriginal(listener.transparent());
        }
        isLocalAddressAwaited = looksUpLocalAddress && accepted.addresses().lookUpLocal();
        if (!isLocalAddressAwaited)
        {
            advance();
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onLocalAddress(final Connection source)
    {
        if (isLocalAddressAwaited)
        {
            isLocalAddressAwaited = false;
            advance();
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onBytes(final Connection source, final int offset, final int length)
    {
        held.add(loop.memory(), offset, length);
        advance();
    }

    private void advance()
    {
        while (step < filters.all().size())
        {
            final ListenerFilter filter = filters.all().get(step);
            final int code = isBegun || inspectors.begin(filter) ? look(filter) : Inspectors.DONE;
            isBegun = true;
            if (code == Inspectors.MORE)
            {
                connection.startReading();
                return;
            }
            if (code == Inspectors.REFUSED)
            {
                connection.close();
                return;
            }
            final ProxyHeaderParser header = inspectors.header(filter);
            if (header != null)
            {
                if (!ToldAddresses.keepValues(context.connections(), connection, held, (ProxyProtocol)filter, header))
                {
                    loop.counters().increment(((ProxyProtocol)filter).counters().version2Error);
                    connection.close();
                    return;
                }
                held.drop(loop.memory(), header.length());
                ToldAddresses.take(loop.slotAddresses().buffer(), connection, header, acceptor.addresses());
            }
            step++;
            seen = 0;
            isBegun = false;
        }
        conclude();
    }

    /** Shows the filter what it has not seen. */
    private int look(final ListenerFilter filter)
    {
        final BufferSlab slab = loop.memory().slab();
        int code = Inspectors.MORE;
        int passed = 0;
        for (int i = 0; i < held.count() && code == Inspectors.MORE; i++)
        {
            final int length = held.rangeLength(i);
            final int skipped = Math.min(Math.max(seen - passed, 0), length);
            if (skipped < length)
            {
                code = inspectors.look(filter, slab.buffer(), held.rangeOffset(i) + skipped, length - skipped);
            }
            passed += length;
        }
        seen = passed;
        return code;
    }

    private void conclude()
    {
        final ChainSessions chain = acceptor.choose(connection, inspectors);
        if (chain == null)
        {
            isUnmatched = true;
            connection.close();
            return;
        }
        final Connection chosen = connection;
        loop.counters().decrement(listener.counters().downstreamPreCxActive);
        chosen.deadline(Long.MAX_VALUE);
        acceptor.onInspected(chosen, chain);
        replay(chosen);
        context.release(this);
    }

    private void replay(final Connection chosen)
    {
        final LoopMemory memory = loop.memory();
        while (!held.isEmpty())
        {
            final int offset = held.rangeOffset();
            final int length = held.rangeLength();
            held.removeFirst();
            if (!memory.slab().isBlock(offset))
            {
                chosen.replay(offset, length);
            }
            else if (!replayCopy(chosen, offset, length))
            {
                chosen.close();
            }
            HeldBytes.free(memory, offset);
        }
    }

    /** What sessions get must not lie in a block, since they may keep it. */
    private boolean replayCopy(final Connection chosen, final int offset, final int length)
    {
        final LoopMemory memory = loop.memory();
        final int target = memory.scratch().reserve(length);
        if (target < 0)
        {
            return false;
        }
        memory.slab().buffer().putBytes(target, memory.slab().buffer(), offset, length);
        memory.scratch().commit(length);
        chosen.replay(target, length);
        memory.slab().release(target);
        return true;
    }

    /**
     * {@inheritDoc}
     */
    public void onDeadline(final Connection source, final long nowNs)
    {
        loop.counters().increment(listener.counters().downstreamPreCxTimeout);
        if (filters.continuesOnTimeout())
        {
            isLocalAddressAwaited = false;
            conclude();
        }
        else
        {
            source.close();
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onEof(final Connection source)
    {
        loop.counters().increment(listener.counters().downstreamListenerFilterRemoteClose);
        source.close();
    }

    /**
     * {@inheritDoc}
     */
    public void onOverload(final Connection source)
    {
        held.release(loop.memory());
    }

    /**
     * {@inheritDoc}
     */
    public int heldChunks()
    {
        return held.chunks();
    }

    /**
     * {@inheritDoc}
     */
    public void onClosed(final Connection source)
    {
        final LoopCounters counters = loop.counters();
        counters.decrement(listener.counters().downstreamPreCxActive);
        held.release(loop.memory());
        acceptor.onInspectionGone(source, isUnmatched);
        context.release(this);
    }
}
