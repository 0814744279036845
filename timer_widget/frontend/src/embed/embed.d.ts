/** The shapes that the modules of the frames pass to each other. */
declare namespace Portal {
  interface Parties {
    from: string | null;
    client: string | null;
  }
  interface View {
    kind: "invoices" | "estimates";
    show: string;
    opened: number | null;
    hasEstimates?: boolean;
  }
  interface Row {
    id: number;
    number: string | null;
    subject: string | null;
    status: string;
    currency: string;
    amount: string;
    issue_date: string | null;
    due_date?: string | null;
    paid_date?: string | null;
  }
  type Calls = ReturnType<typeof import("./frame/bearer-calls.js").bearerCalls>;
}

/** What `/insights/plots/{name}` answers. */
declare namespace Insights {
  interface Cell {
    text: string;
    tone: string;
  }
  interface Plot {
    name: string;
    facts: Record<string, number>;
    days: string[];
    kind: string;
    data: any;
    options: any;
    height: number;
    key: { name: string; color: string }[];
    rows: Cell[][];
    as_of: string | null;
    missing: Record<string, number>;
    coverage?: { streams: Record<string, { state: string }> };
  }
}
