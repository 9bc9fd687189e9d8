package dev.ringway.engine.counters;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who has which counter. A name is shown as long as a part that is in force has it, or a part that was still has something
 * active. Its id is given back when no {@link CounterScope} that has it can be reached any more: loops tell nobody when
 * they are done with a cluster, but no code can use an id that no object leads to. One thread at a time.
 */
final class HeldNames
{
    /** Passes of {@link #reclaim} between the end of a scope and that of its ids: a loop may be amid the last use. */
    static final int PASSES = 2;

    private static final String ACTIVE = "_active";

    private final CountersFile file;
    private final Histograms histograms;
    private final Map<String, Name> counters = new HashMap<>();
    private final Map<String, Name> recorded = new HashMap<>();
    private final Holder process = new Holder(true);
    private final ReferenceQueue<CounterScope> ended = new ReferenceQueue<>();
    private final Set<Reference<CounterScope>> references = new HashSet<>();
    private final ArrayDeque<Leaving> leaving = new ArrayDeque<>();
    private List<Holder> fading = new ArrayList<>();
    private Set<Holder> inForce = Set.of();
    private int shownCounters;
    private int shownHistograms;
    private long pass;

    /** A counter or histogram, with how many have it and how many of those are in force. */
    private static final class Name
    {
        private final String text;
        private final int id;
        private final boolean isHistogram;
        private boolean isForGood;
        private int holders;
        private int shown;

        private Name(final String text, final int id, final boolean isHistogram)
        {
            this.text = text;
            this.id = id;
            this.isHistogram = isHistogram;
        }
    }

    /** What a scope has; outlives it. */
    static final class Holder
    {
        private Name[] names = new Name[16];
        private int count;
        private boolean isInForce;
        private Runnable whenGone = () -> { };

        private Holder(final boolean isInForce)
        {
            this.isInForce = isInForce;
        }

        void whenGone(final Runnable action)
        {
            final Runnable before = whenGone;
            whenGone = () ->
            {
                before.run();
                action.run();
            };
        }

        private void add(final Name name)
        {
            if (count == names.length)
            {
                names = Arrays.copyOf(names, count << 1);
            }
            names[count++] = name;
        }
    }

    /** Tells the end of a scope. */
    private static final class ScopeReference extends PhantomReference<CounterScope>
    {
        private final Holder holder;

        private ScopeReference(final CounterScope scope, final ReferenceQueue<CounterScope> ended)
        {
            super(scope, ended);
            holder = scope.holder();
        }
    }

    /** What an ended scope had. */
    private record Leaving(Holder holder, long since)
    {
    }

    HeldNames(final CountersFile file, final Histograms histograms)
    {
        this.file = file;
        this.histograms = histograms;
    }

    CounterScope scope()
    {
        final CounterScope scope = new CounterScope(file, new Holder(false));
        references.add(new ScopeReference(scope, ended));
        return scope;
    }

    /** What has counters for the life of the process. */
    Holder process()
    {
        return process;
    }

    int counter(final String name, final int kind, final Holder holder)
    {
        Name known = counters.get(name);
        if (known == null)
        {
            known = new Name(name, file.give(name, kind), false);
            counters.put(name, known);
        }
        else
        {
            file.checkKind(name, known.id, kind);
        }
        hold(known, holder);
        return known.id;
    }

    int histogram(final String name, final Holder holder)
    {
        Name known = recorded.get(name);
        if (known == null)
        {
            final int id = histograms.give();
            if (id == Histograms.NONE)
            {
                return id;
            }
            known = new Name(name, id, true);
            recorded.put(name, known);
        }
        hold(known, holder);
        return known.id;
    }

    private void hold(final Name name, final Holder holder)
    {
        if (holder != process)
        {
            name.holders++;
            holder.add(name);
            if (holder.isInForce)
            {
                show(name);
            }
        }
        else if (!name.isForGood)
        {
            name.isForGood = true;
            name.holders++;
            show(name);
        }
    }

    private void show(final Name name)
    {
        if (name.shown++ > 0)
        {
            return;
        }
        if (name.isHistogram)
        {
            shownHistograms++;
            histograms.show(name.id, name.text);
        }
        else
        {
            shownCounters++;
            file.show(name.id, true);
        }
    }

    private void unshow(final Name name)
    {
        if (--name.shown > 0)
        {
            return;
        }
        if (name.isHistogram)
        {
            shownHistograms--;
        }
        else
        {
            shownCounters--;
        }
    }

    /** Names of these scopes are shown from now on, and of others as long as something of them is active. */
    void inForce(final Collection<CounterRegistry> parts)
    {
        final Set<Holder> fresh = Collections.newSetFromMap(new IdentityHashMap<>());
        parts.forEach(part -> fresh.add(((CounterScope)part).holder()));
        for (final Holder holder : fresh)
        {
            if (!holder.isInForce)
            {
                holder.isInForce = true;
                for (int i = 0; i < holder.count; i++)
                {
                    show(holder.names[i]);
                }
            }
        }
        for (final Holder holder : inForce)
        {
            if (!fresh.contains(holder))
            {
                end(holder);
            }
        }
        inForce = fresh;
        fade();
    }

    private void end(final Holder holder)
    {
        holder.isInForce = false;
        for (int i = 0; i < holder.count; i++)
        {
            unshow(holder.names[i]);
        }
        fading.add(holder);
    }

    private void fade()
    {
        final List<Holder> still = new ArrayList<>();
        for (final Holder holder : fading)
        {
            if (isActive(holder))
            {
                still.add(holder);
                continue;
            }
            for (int i = 0; i < holder.count; i++)
            {
                hide(holder.names[i]);
            }
        }
        fading = still;
    }

    private boolean isActive(final Holder holder)
    {
        for (int i = 0; i < holder.count; i++)
        {
            final Name name = holder.names[i];
            if (!name.isHistogram && name.shown == 0 && name.text.endsWith(ACTIVE) && file.sum(name.id) != 0)
            {
                return true;
            }
        }
        return false;
    }

    private void hide(final Name name)
    {
        if (name.shown == 0 && name.isHistogram)
        {
            histograms.show(name.id, null);
        }
        else if (name.shown == 0)
        {
            file.show(name.id, false);
        }
    }

    /** Gives back what nobody can use any more. */
    void reclaim()
    {
        pass++;
        fade();
        for (Reference<? extends CounterScope> next = ended.poll(); next != null; next = ended.poll())
        {
            references.remove(next);
            leaving.add(new Leaving(((ScopeReference)next).holder, pass));
        }
        while (!leaving.isEmpty() && leaving.peek().since + PASSES <= pass)
        {
            release(leaving.poll().holder);
        }
    }

    /** As when the scope cannot be reached any more. */
    void abandon(final CounterScope scope)
    {
        references.removeIf(reference -> ((ScopeReference)reference).holder == scope.holder());
        leaving.add(new Leaving(scope.holder(), pass));
    }

    private void release(final Holder holder)
    {
        if (holder.isInForce)
        {
            inForce.remove(holder);
            end(holder);
        }
        fading.remove(holder);
        for (int i = 0; i < holder.count; i++)
        {
            final Name name = holder.names[i];
            hide(name);
            if (--name.holders == 0)
            {
                giveBack(name);
            }
        }
        holder.count = 0;
        holder.whenGone.run();
    }

    private void giveBack(final Name name)
    {
        if (name.isHistogram)
        {
            recorded.remove(name.text);
            histograms.takeBack(name.id);
        }
        else
        {
            counters.remove(name.text);
            file.takeBack(name.id);
        }
    }

    int count()
    {
        return counters.size();
    }

    /** Counters whose parts are gone, but may still be in use. */
    int waitingCounters()
    {
        return counters.size() - shownCounters;
    }

    /** As {@link #waitingCounters}. */
    int waitingHistograms()
    {
        return recorded.size() - shownHistograms;
    }
}
